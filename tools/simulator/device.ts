/**
 * A device in Node: probes on a bus, flash, a clock, and one life of the firmware after another, as the power comes and
 * goes. Its diary says what really happened.
 */
import type { Answer } from '../../firmware/protocol/reply.js';
import type { Reading } from '../../firmware/reading.js';
import { BatteryLife } from './battery-life.js';
import { Bus, type BusFaults } from './bus.js';
import { VirtualClock, type Pace } from './clock.js';
import { PLACES, temperature, type Place } from './curve.js';
import { Cuts, type PlannedCut } from './cuts.js';
import { Diary, type Entry, type Held } from './diary.js';
import { NorFlash, PowerCut } from './flash.js';
import { FULL_SCALE_V, Life, type LifeOptions, type SimulatedLife } from './life.js';
import { Sleep } from './sleep.js';
import type { Network } from './network.js';
import { Probe } from './probe.js';
import type { Transport } from './exchange.js';
import { hash, Random } from './random.js';
import { SimulatedUplink } from './uplink.js';

export interface DeviceOptions {
  device_id: string;
  /** to the collector */
  transport: Transport;
  /** what its probes measure and all that is left to chance */
  seed: string;
  /** which of the places its first probe hangs in; the others follow */
  place: number;
  probes: number;
  /** when it is switched on for the first time, ms */
  start: number;
  /** from one reading to the next, and from one upload to the next, ms */
  periodMs: number;
  uploadMs?: number;
  /** it lives on batteries, and uploads after so many readings */
  battery?: { uploadEvery: number; group?: number };
  network: Network;
  /** by time */
  cuts: PlannedCut[];
  faults?: Partial<BusFaults>;
  /** no time server answers while the collector can't be reached; default: one always does */
  isolated?: boolean;
  onAnswer?: (answer: Answer | null) => void;
}

/** 1 MiB: some six weeks of readings a minute. */
const SECTORS = 256;
const DAY = 86_400_000;

export class Device {
  readonly device_id: string;
  readonly clock: VirtualClock;
  readonly diary = new Diary();
  readonly places: Place[];
  readonly probes: Probe[];
  readonly bus: Bus;
  readonly flash = new NorFlash({ sectors: SECTORS });
  /** how often the power has gone */
  powerCuts = 0;
  /** the furthest that a reading's time has been off, ms */
  clockError = 0;
  readonly #options: DeviceOptions;
  readonly #random: Random;
  readonly #cuts: Cuts;
  readonly #sleep: Sleep;
  #life: SimulatedLife | null = null;
  #sampling = true;
  /** a reading that was being appended, and the number that it was to get: its append may be cut */
  #torn: { entry: Entry; number: number } | null = null;
  /** readings of this boot that were taken before it knew the time: their place in the diary, and the uptime */
  #undated: { index: number; uptime: number }[] = [];
  #periodMs: number;
  #uploadMs: number;

  constructor(options: DeviceOptions) {
    const { device_id, seed, place, probes, start, cuts, faults, periodMs, uploadMs = 0 } = options;
    this.#options = options;
    this.device_id = device_id;
    this.#periodMs = periodMs;
    this.#uploadMs = uploadMs;
    this.clock = new VirtualClock(start);
    this.#sleep = new Sleep(this.clock, new Random(`${seed} oscillator`), () => this.#life?.close());
    this.#random = new Random(`${seed} chance`);
    this.#cuts = new Cuts(cuts);
    this.places = Array.from({ length: probes }, (_, i) => PLACES[(place + i) % PLACES.length]!);
    this.bus = new Bus(new Random(`${seed} bus`), faults);
    this.probes = this.places.map((where, i) => {
      const own = hash(`${seed} probe ${i}`);
      const probe = new Probe({
        serial: serialOf(new Random(own)),
        now: () => this.clock.now(),
        temperature: (time) => temperature(where, own, time),
      });
      this.bus.attach(probe);
      return probe;
    });
  }

  /** Readings that the collector hasn't acknowledged. */
  get pending(): number {
    return this.#life?.pending ?? Infinity;
  }

  /** Runs until the given time, or until `ended` says so. */
  async run(until: number, pace: Pace = 'fast', ended: () => boolean = () => false): Promise<void> {
    while (!ended() && this.clock.now() < until) {
      try {
        if (this.#sleep.over) this.#life = null;
        this.#life ??= this.#powerUp();
        await this.clock.run(
          Math.min(until, this.#cuts.next),
          pace,
          () => ended() || !this.flash.powered || this.#sleep.over,
        );
        if (!this.flash.powered) throw new PowerCut();
        if (!ended() && this.clock.now() >= this.#cuts.next) this.#cuts.strike(this.flash);
      } catch (error) {
        if (!(error instanceof PowerCut)) throw error;
        this.powerCuts++;
        await this.#powerCycle(this.#cuts.happened(), pace);
      }
    }
  }

  /** Starts anew with another period and an upload with each reading; from now on only what is real goes wrong. */
  async goLive(periodMs: number): Promise<void> {
    this.#periodMs = periodMs;
    this.#uploadMs = 0;
    this.#cuts.cancel();
    this.#options.network.calm();
    await this.#powerCycle(0, 'live');
  }

  /** Takes no more readings, but goes on uploading. */
  stopSampling(): void {
    this.#sampling = false;
    this.#life?.stopSampling();
    if (this.#options.battery === undefined) return;
    // From a power supply: it would upload the rest in its own time, but nobody wants to wait for that.
    this.clock.clear();
    this.#life = null;
  }

  close(): void {
    this.#life?.close();
    this.clock.clear();
  }

  /** Takes the power away and gives it back: the next life knows only what is on flash. */
  async #powerCycle(offMs: number, pace: Pace): Promise<void> {
    this.#life?.close();
    this.#life = null;
    this.clock.clear();
    this.#sleep.lose();
    await this.clock.run(this.clock.now() + offMs, pace);
    this.flash.powerOn();
    for (const probe of this.probes) {
      probe.powerOn();
      probe.takeConversions();
    }
  }

  #powerUp(): SimulatedLife {
    const { device_id, transport, network, start, isolated = false, battery } = this.#options;
    const parts: LifeOptions = {
      device_id,
      device_desc: `simulated: ${this.places.map(({ name }) => name).join(', ')}`,
      token: transport.token,
      periodMs: this.#periodMs,
      uploadMs: this.#uploadMs,
      clock: this.clock,
      random: this.#random,
      flash: this.flash,
      bus: this.bus,
      pin: () => this.#volts() / FULL_SCALE_V,
      uplink: new SimulatedUplink({
        way: transport.open(device_id),
        clock: this.clock,
        network,
        onAnswer: (answer) => this.#answered(answer),
      }),
      earliest: start - DAY,
      ntp: () => !isolated || !network.isOut(this.clock.now()),
      onReading: (reading, time, append) => this.#note(reading, time, append),
      onTime: (wall) => {
        for (const { index, uptime } of this.#undated) this.diary.times[index] = wall + uptime;
        this.#undated = [];
      },
    };
    const awake = battery !== undefined && this.#sampling;
    const power = this.#sleep.wake();
    if (power.reset !== 'deep-sleep') this.#undated = [];
    const life = awake ? new BatteryLife({ ...parts, ...battery, memory: this.#sleep.memory, power }) : new Life(parts);
    // Before the first reading of this life: what the one before it was writing is on flash, or isn't.
    life.open();
    if (this.#torn !== null && life.next > this.#torn.number) this.diary.note(this.#torn.entry);
    this.#torn = null;
    if (this.#sampling) life.startSampling();
    return life;
  }

  #answered(answer: Answer | null): void {
    this.#options.onAnswer?.(answer);
    if (answer === null || !this.#cuts.awaitsAnswer) return;
    this.clock.after(0, () => {
      throw new PowerCut();
    });
  }

  #note(reading: Reading, time: number, append: () => void): void {
    const held: Held = { battery: { batt_V: [this.#volts(time)] } };
    for (const probe of this.probes)
      held[probe.name] = { temp_C: probe.takeConversions().map((conversion) => conversion.temp_C) };
    const { sensors } = reading;
    const entry = { time: reading.clock === 'unix' ? reading.time : time, sensors, held };
    this.#torn = { entry, number: this.diary.times.length };
    append();
    // The firmware may have caught it.
    if (!this.flash.powered) throw new PowerCut();
    this.#torn = null;
    if (reading.clock === 'uptime') this.#undated.push({ index: this.diary.times.length, uptime: reading.time });
    else this.clockError = Math.max(this.clockError, Math.abs(reading.time - time));
    this.diary.note(entry);
  }

  /** From full to empty within two months, in whole millivolts. */
  #volts(time = this.clock.now()): number {
    const days = (time - this.#options.start) / DAY;
    return Math.round(4150 - 700 * ((days / 60) % 1)) / 1000;
  }
}

function serialOf(random: Random): Uint8Array {
  return Uint8Array.from({ length: 6 }, () => random.integer(256));
}
