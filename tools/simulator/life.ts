/**
 * One life of a simulated device, from power-up to power cut: the firmware's own modules, composed as on the chip, over
 * models. All it knows of the life before is on flash.
 */
import { Clock } from '../../firmware/clock.js';
import type { Flash } from '../../firmware/flash.js';
import { Log } from '../../firmware/log.js';
import { VERSION } from '../../firmware/protocol/version.js';
import type { Reading } from '../../firmware/reading.js';
import { Sampler } from '../../firmware/sampler.js';
import { Battery } from '../../firmware/sensors/battery.js';
import { Ds18b20 } from '../../firmware/sensors/ds18b20.js';
import type { OneWireBus } from '../../firmware/sensors/onewire.js';
import { Uploader } from '../../firmware/uploader.js';
import type { Uplink } from '../../firmware/uplinks/uplink.js';
import type { VirtualClock } from './clock.js';
import type { Random } from './random.js';

export interface LifeOptions {
  device_id: string;
  device_desc: string;
  /** goes into each batch; null where the connection has it */
  token: string | null;
  periodMs: number;
  /** uploads are no closer together than this, ms */
  uploadMs: number;
  clock: VirtualClock;
  random: Random;
  flash: Flash;
  bus: OneWireBus;
  /** the battery's pin, 0 to 1 */
  pin: () => number;
  uplink: Uplink;
  /** before this time no clock is believed, ms */
  earliest: number;
  /** whether a time server answers now */
  ntp: () => boolean;
  /** takes each reading and the true time at which it was begun, and has it appended */
  onReading: (reading: Reading, time: number, append: () => void) => void;
  /** told the Unix time at uptime 0, ms, whenever the device learns it or corrects it */
  onTime: (wall: number) => void;
}

/** A life as the device leads it, of either kind. */
export interface SimulatedLife {
  /** the number of the log's next reading */
  readonly next: number;
  /** readings that the collector hasn't acknowledged */
  readonly pending: number;
  open(): void;
  /** Takes the first reading at once. */
  startSampling(): void;
  /** Takes no more readings, and uploads what there is. */
  stopSampling(): void;
  close(): void;
}

/** Full scale of the battery's divider, V. */
export const FULL_SCALE_V = 4.4;

/** From power-up to the first question to a time server, and from one to the next while none answers, ms. */
const NTP_FIRST_MS = 3000;
const NTP_AGAIN_MS = 60_000;

export class Life implements SimulatedLife {
  readonly log: Log;
  readonly clock: Clock;
  readonly #options: LifeOptions;
  readonly #sensors: [Ds18b20, Battery];
  readonly #sampler: Sampler;
  readonly #uploader: Uploader;
  #uploaded: number;

  constructor(options: LifeOptions) {
    const { clock: timers, random, flash, bus, pin, uplink, periodMs, earliest, onReading } = options;
    const { device_id, device_desc, token } = options;
    const born = timers.now();
    const chance = (): number => random.next();
    this.#options = options;
    this.#uploaded = born;
    this.log = new Log(flash, { random: chance });
    this.clock = new Clock({
      uptime: () => timers.now() - born,
      earliest,
      onChange: (wall) => {
        options.onTime(wall);
        this.log.markTime(wall);
      },
    });
    this.#sensors = [new Ds18b20({ bus, timers }), new Battery({ read: pin, fullScale_V: FULL_SCALE_V })];
    this.#sampler = new Sampler({
      sensors: this.#sensors,
      clock: this.clock,
      timers,
      periodMs,
      onReading: (reading) => {
        const uptime = reading.clock === 'unix' ? reading.time - this.clock.wall! : reading.time;
        onReading(reading, born + uptime, () => this.#append(reading));
      },
    });
    this.#uploader = new Uploader({
      log: this.log,
      clock: this.clock,
      uplink,
      timers,
      random: chance,
      device_id,
      device_desc,
      ...(token !== null && { token }),
      status: () => ({ reset: 'power-on', version: VERSION, rssi: signalOf(device_id) }),
      // A collector can't date a history's uptime by when it arrives: that is today.
      askTimeFirst: true,
    });
  }

  get next(): number {
    return this.log.next;
  }

  get pending(): number {
    return this.log.pending;
  }

  open(): void {
    this.log.open();
    this.#askTime(NTP_FIRST_MS + this.#options.random.integer(NTP_FIRST_MS));
    this.#uploader.open();
  }

  startSampling(): void {
    this.#sampler.open();
  }

  stopSampling(): void {
    this.#closeSensors();
    this.#uploader.nudge();
  }

  close(): void {
    this.#closeSensors();
    this.#uploader.close();
    this.#options.uplink.close();
  }

  #closeSensors(): void {
    this.#sampler.close();
    for (const sensor of this.#sensors) sensor.close();
  }

  #append(reading: Reading): void {
    const { clock, uploadMs } = this.#options;
    this.log.append(reading);
    if (clock.now() - this.#uploaded < uploadMs) return;
    this.#uploaded = clock.now();
    this.#uploader.nudge();
  }

  #askTime(ms: number): void {
    const { clock, ntp } = this.#options;
    clock.after(ms, () => {
      if (ntp()) this.clock.hear(clock.now(), 'ntp');
      else this.#askTime(NTP_AGAIN_MS);
    });
  }
}

/** As near to its Wi-Fi as its id says, dBm: the same in every run. */
function signalOf(device_id: string): number {
  return -48 - (Number.parseInt(device_id.slice(-2), 16) % 32);
}
