/**
 * One wake of a simulated device on batteries, composed as on the chip (firmware/device.ts): all it knows is on flash and
 * in the memory that outlasts a sleep. A sleep is longer or shorter than what was asked for, as an RC oscillator has it.
 */
import { Clock } from '../../firmware/clock.js';
import type { Flash } from '../../firmware/flash.js';
import { Led } from '../../firmware/led.js';
import { Pace } from '../../firmware/life/pace.js';
import { RadioPlan } from '../../firmware/life/radio-plan.js';
import { Report } from '../../firmware/life/report.js';
import { rescue } from '../../firmware/life/rescue.js';
import { recall, recallAfter } from '../../firmware/life/retained.js';
import { Wake } from '../../firmware/life/wake.js';
import { Log } from '../../firmware/log.js';
import { Network, type Link, type Radio } from '../../firmware/network.js';
import type { Memory, Power } from '../../firmware/power.js';
import { VERSION } from '../../firmware/protocol/version.js';
import { Sampler } from '../../firmware/sampler.js';
import { Battery } from '../../firmware/sensors/battery.js';
import { Ds18b20 } from '../../firmware/sensors/ds18b20.js';
import { Uploader } from '../../firmware/uploader.js';
import { FULL_SCALE_V, type LifeOptions, type SimulatedLife } from './life.js';
import type { Random } from './random.js';
import type { VirtualClock } from './clock.js';

export interface BatteryLifeOptions extends Omit<LifeOptions, 'uploadMs'> {
  memory: Memory;
  power: Power;
  /** readings from one upload to the next */
  uploadEvery: number;
  /** readings gathered in memory before they go to flash; default 1 */
  group?: number;
  /** a newer firmware is being taken or is on trial */
  busy?: () => boolean;
  /** its Wi-Fi; default: one that joins within some seconds, and once in twenty times not at all */
  radio?: (onChange: () => void) => Radio;
}

/** Longest that the radio is on in a wake, ms: the firmware's own default. */
const RADIO_MS = 20_000;
/** From the network's being up to the time server's answer, ms. */
const NTP_MS = 150;

export class BatteryLife implements SimulatedLife {
  readonly #options: BatteryLifeOptions;
  readonly #log: Log;
  readonly #sensors: [Ds18b20, Battery];
  readonly #sampler: Sampler;
  readonly #uploader: Uploader;
  readonly #network: Network;
  readonly #clock: Clock;
  readonly #wake: Wake;

  constructor(options: BatteryLifeOptions) {
    const { clock: timers, random, flash, bus, pin, uplink, earliest, memory, power, periodMs } = options;
    const { device_id, device_desc, token, uploadEvery, group = 1, onReading, onTime } = options;
    const born = timers.now();
    const chance = (): number => random.next();
    this.#options = options;
    const before = recallAfter(power.reset, memory);
    const start = before?.uptime ?? 0;
    const pace = new Pace(before?.pace);
    const report = new Report(power.reset, before);
    if (power.reset !== 'deep-sleep') {
      const left = recall(memory);
      if (left !== null) rescue(left, flash, chance, (error) => report.failed(error));
    }
    this.#log = new Log(flash, { random: chance, bookmark: before?.bookmark ?? null });
    this.#clock = new Clock({
      uptime: () => start + timers.now() - born,
      earliest,
      onChange: (wall) => {
        onTime(wall);
        this.#wake.timed(wall);
      },
      kept: before?.clock ?? null,
      drift_ppm: pace.drift_ppm,
    });
    const known = before === null ? {} : { known: before.probes };
    let sampled = born;
    const read = (): number => {
      sampled = timers.now();
      return pin();
    };
    const probes = new Ds18b20({ bus, timers, ...known });
    this.#sensors = [probes, new Battery({ read, fullScale_V: FULL_SCALE_V })];
    this.#sampler = new Sampler({
      sensors: this.#sensors,
      clock: this.#clock,
      timers,
      periodMs,
      onReading: (reading) => onReading(reading, sampled, () => this.#wake.read(reading)),
    });
    this.#uploader = new Uploader({
      log: this.#log,
      clock: this.#clock,
      uplink,
      timers,
      random: chance,
      device_id,
      device_desc,
      ...(token !== null && { token }),
      status: () => ({ version: VERSION, ...report.status }),
      // A collector can't date a history's uptime by when it arrives: that is today.
      askTimeFirst: true,
      onEvent: (event) => this.#wake.heard(event),
    });
    const changed = (): void => this.#network.changed();
    const radio = options.radio?.(changed) ?? new SimulatedRadio(timers, random, changed);
    const [onUp, onDown] = [() => this.#up(), () => this.#uploader.close()];
    this.#network = new Network({ radio, timers, random: chance, onUp, onDown });
    this.#wake = new Wake(before, {
      memory,
      power,
      timers,
      clock: this.#clock,
      log: this.#log,
      sampler: this.#sampler,
      periodMs,
      probes: () => probes.known,
      network: this.#network,
      led: new Led(() => {}, timers),
      pace,
      plan: new RadioPlan({ ...(before && { tries: before.tries }), uploadEvery, random: chance }),
      report,
      group,
      radioMs: RADIO_MS,
      busy: () => this.#options.busy?.() === true,
    });
  }

  /** What nobody knows before the log is open, without opening it: that is the wake's own. */
  get next(): number {
    const log = peek(this.#options.flash);
    return log.next;
  }

  /** It uploads when it is due; nobody waits for that. */
  get pending(): number {
    return Infinity;
  }

  open(): void {}

  startSampling(): void {
    this.#wake.open();
  }

  stopSampling(): void {
    this.close();
  }

  close(): void {
    this.#sampler.close();
    for (const sensor of this.#sensors) sensor.close();
    this.#uploader.close();
    this.#network.close();
    this.#options.uplink.close();
  }

  #up(): void {
    const { clock, ntp } = this.#options;
    clock.after(NTP_MS, () => {
      if (this.#network.up && ntp()) this.#clock.hear(clock.now(), 'ntp');
    });
    this.#uploader.open();
  }
}

function peek(flash: Flash): Log {
  const log = new Log(flash, { random: () => 0.5 });
  log.open();
  return log;
}

class SimulatedRadio implements Radio {
  link: Link = 'down';
  readonly #timers: VirtualClock;
  readonly #random: Random;
  readonly #onChange: () => void;
  #cancel = (): void => {};

  constructor(timers: VirtualClock, random: Random, onChange: () => void) {
    this.#timers = timers;
    this.#random = random;
    this.#onChange = onChange;
  }

  join(): void {
    this.link = 'joining';
    const link = this.#random.chance(0.05) ? 'down' : 'up';
    this.#cancel = this.#timers.after(1500 + this.#random.integer(3000), () => {
      this.link = link;
      this.#onChange();
    });
  }

  leave(): void {
    this.#cancel();
    this.link = 'down';
  }
}
