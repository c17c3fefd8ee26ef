/**
 * The firmware, on mains power: settings → log → clock → probes → sampler, and beside them Wi-Fi → uploader. Sampling
 * never waits for the network.
 *
 * Not yet run on a chip: mcconfig compiles and links it for ESP32 and ESP8266, and it has run as a Linux program on the
 * XS engine, with stand-ins for bus, flash and Wi-Fi, against a real collector.
 */
import config from 'mc/config';
import { ChipBus } from './chip/bus.js';
import { ntp } from './chip/ntp.js';
import { ChipRadio } from './chip/radio.js';
import { Storage } from './chip/storage.js';
import { ChipTimers } from './chip/timers.js';
import { uplinkTo } from './chip/uplink.js';
import { Uptime } from './chip/uptime.js';
import { Clock } from './clock.js';
import { Log } from './log.js';
import { Network } from './network.js';
import { TEXT_MAX } from './protocol/limits.js';
import { VERSION } from './protocol/version.js';
import type { Reading } from './reading.js';
import { Sampler } from './sampler.js';
import { Ds18b20 } from './sensors/ds18b20.js';
import { readSettings } from './settings.js';
import { TimeServer } from './time-server.js';
import { Uploader } from './uploader.js';

/** The newest thing that went wrong, told in the status of each batch. */
let trouble: string | null = null;
// XS asks `abort` before it reboots the chip (`xs.abortHook` in the manifest).
Object.assign(globalThis, { abort: (why: string, error: unknown) => failed(error ?? why) });

const settings = readSettings(config);
const { ssid, password, transport, token, device_desc } = settings;
const random = (): number => Math.random();
const timers = new ChipTimers(failed);
const uptime = new Uptime();
const log = new Log(new Storage(), { random });
const clock = new Clock({ uptime: () => uptime.now(), onChange: (wall) => log.markTime(wall) });
const radio = new ChipRadio({ ssid, password, onChange: () => network.changed() });
const timeServer = new TimeServer({ ask: ntp(settings.ntp, () => clock.uptime), clock, timers });
const device_id = settings.device_id ?? radio.mac;
const uplink = uplinkTo(settings, { device_id, timers });
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
  status: () => ({ version: VERSION, rssi: radio.rssi, trouble }),
});
const network = new Network({ radio, timers, random, onUp, onDown });
const probes = new Ds18b20({ bus: new ChipBus(settings.pin), timers, bits: settings.bits });
const sampler = new Sampler({ sensors: [probes], clock, timers, periodMs: settings.periodMs, onReading });

log.open();
sampler.open();
network.open();

function onReading(reading: Reading): void {
  log.append(reading);
  uploader.nudge();
}

function onUp(): void {
  timeServer.open();
  uploader.open();
}

function onDown(): void {
  timeServer.close();
  uploader.close();
  uplink.close();
}

/** Life goes on: what isn't caught reboots the chip. */
function failed(error: unknown): false {
  trouble = String(error).slice(0, TEXT_MAX);
  trace(`${trouble}\n`);
  return false;
}
