/**
 * The way to the collector: Wi-Fi, and over it the time server and the uploader. It is put together when it is first
 * opened: a wake that leaves its radio off has no use for any of it, and each part would take its time.
 */
import type { Chip } from './chip/chip.js';
import { ntp } from './chip/ntp.js';
import { ChipRadio } from './chip/radio.js';
import { uplinkTo } from './chip/uplink.js';
import type { Clock } from './clock.js';
import type { Report } from './life/report.js';
import type { Log } from './log.js';
import { Network } from './network.js';
import { VERSION } from './protocol/version.js';
import type { Settings } from './settings.js';
import { TimeServer } from './time-server.js';
import type { Timers } from './timer.js';
import { Uploader, type UploadEvent } from './uploader.js';
import type { Search } from './uplinks/search.js';

export interface ConnectionOptions {
  settings: Settings;
  chip: Chip;
  log: Log;
  clock: Clock;
  report: Report;
  timers: Timers;
  /** from 0 to below 1 */
  random: () => number;
  /** finds the collector where the settings name none */
  search: Search | null;
  onEvent: (event: UploadEvent) => void;
  onDown: () => void;
}

interface Parts {
  network: Network;
  uploader: Uploader;
}

export class Connection {
  private readonly options: ConnectionOptions;
  private parts: Parts | null = null;

  constructor(options: ConnectionOptions) {
    this.options = options;
  }

  open(): void {
    this.parts ??= this.assemble();
    this.parts.network.open();
  }

  close(): void {
    this.parts?.network.close();
  }

  /** There are new readings. */
  nudge(): void {
    this.parts?.uploader.nudge();
  }

  /** The time is known, or known better. */
  timed(): void {
    const { parts } = this;
    if (parts === null || !this.secure || !parts.network.up || parts.uploader.state !== 'closed') return;
    this.options.timers.after(0, () => parts.uploader.open());
  }

  /** One that it has to find it takes by TLS where it has a certificate to trust. */
  private get secure(): boolean {
    const { collector, certificate } = this.options.settings;
    return collector === null ? certificate !== '' : collector.secure;
  }

  private assemble(): Parts {
    const { settings, chip, log, clock, report, timers, random, search, onEvent, onDown } = this.options;
    const { ssid, password, transport, token, device_desc } = settings;
    const device_id = settings.device_id ?? chip.mac;
    const radio = new ChipRadio({ ssid, password, onChange: () => network.changed() });
    const timeServer = new TimeServer({ ask: ntp(settings.ntp, () => clock.uptime), clock, timers });
    const uplink = uplinkTo(settings, { device_id, timers, search });
    const uploader = new Uploader({
      log,
      clock,
      uplink,
      timers,
      random,
      maxBytes: settings.batchBytes,
      // Put together, a reading takes several times the memory that it takes of the body.
      maxReadings: Math.floor(settings.batchBytes / 50),
      device_id,
      ...(device_desc !== '' && { device_desc }),
      // Over MQTT the login has said it; and an outside broker's messages may lie there for long before they are dated.
      ...(transport === 'http' ? { token } : { askTimeFirst: true }),
      status: () => ({ version: VERSION, platform: chip.platform, rssi: radio.rssi, ...report.status }),
      onEvent(event) {
        if (event.kind === 'answered') network.heard(event.status !== null);
        onEvent(event);
      },
    });
    const network = new Network({
      radio,
      timers,
      random,
      onUp: () => {
        timeServer.open();
        // By TLS nothing is believed before the time is known: the time server has to say it.
        if (!this.secure || clock.known) uploader.open();
      },
      onDown() {
        timeServer.close();
        uploader.close();
        onDown();
        uplink.close();
      },
    });
    return { network, uploader };
  }
}
