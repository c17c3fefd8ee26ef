/**
 * Many devices, days of history ending now, outages and power cuts, against a real collector; then, on request, live.
 * Ends with an audit of everything the collector has of them.
 */
import { randomBytes } from 'node:crypto';
import { isObject } from '../../firmware/protocol/json.js';
import type { Answer } from '../../firmware/protocol/reply.js';
import { audit, type CollectorReader, type Finding } from './audit.js';
import type { BusFaults } from './bus.js';
import { planCuts } from './cuts.js';
import { Device } from './device.js';
import type { Transport } from './exchange.js';
import { Network, type Outage } from './network.js';
import { hash, Random } from './random.js';

export interface SimulationOptions {
  /** to the collector */
  transport: Transport;
  /** the same collector, to be read */
  collector: CollectorReader;
  devices: number;
  /** of each device */
  probes: number;
  /** how much history there is, ms */
  spanMs: number;
  /** from one reading to the next, ms */
  periodMs: number;
  /** from one upload to the next, ms; default: one with each reading */
  uploadMs?: number;
  /** the devices live on batteries and upload after so many readings; then `uploadMs` says nothing */
  battery?: { uploadEvery: number; group?: number };
  /** how long the collector can't be reached, once, somewhere in the history */
  outageMs?: number;
  /** of each device */
  powerCuts?: number;
  /** the share of requests that don't arrive, and of answers that don't come back; default 0.01 */
  lostMessages?: number;
  faults?: Partial<BusFaults>;
  isolated?: boolean;
  /** the same seed, the same devices and chances; without one, new ones */
  seed?: string;
  /** after the history the devices go on, with this period and an upload with each reading, until `signal` */
  live?: { periodMs: number };
  /** ends it early: what was taken by then is uploaded and audited */
  signal?: AbortSignal;
}

export interface SimulationEvents {
  /** of the history, 0 to 1; `taken`: readings */
  onProgress?: (fraction: number, taken: number) => void;
  /** the history is with the collector, and the devices go live; `places`: device id → sensor → where it hangs */
  onLive?: (places: Record<string, Record<string, string>>) => void | Promise<void>;
}

export interface DeviceFinding extends Finding {
  powerCuts: number;
  /** the furthest that a reading's time was off, ms */
  clockError: number;
  /** where its probes hang: sensor → place */
  places: Record<string, string>;
}

/** Of one device, or of all. */
export type Counts = Omit<DeviceFinding, 'device_id' | 'faults' | 'places' | 'clockError'>;

export interface SimulationFinding extends Counts {
  devices: DeviceFinding[];
}

/** The simulation can't go on; `kind` as the command line's exits name it. */
export class SimulationError extends Error {
  readonly kind: 'usage' | 'denied' | 'unreachable' | 'failure';

  constructor(kind: SimulationError['kind'], message: string) {
    super(message);
    this.name = 'SimulationError';
    this.kind = kind;
  }
}

/** Longest that devices go on uploading after the last reading, on their clocks, ms. */
const DRAIN_MS = 3 * 86_400_000;
/** The same for live ones, when they are told to end. */
const LIVE_DRAIN_MS = 20_000;
/** Requests in a row that really failed until the collector counts as gone: some twenty seconds. */
const FAILURES = 100;
const PROGRESS_MS = 100;

/** @throws SimulationError; ToolError and the like from `collector` */
export async function runSimulation(
  options: SimulationOptions,
  events: SimulationEvents = {},
): Promise<SimulationFinding> {
  const simulation = new Simulation(options, events);
  try {
    return await simulation.run();
  } finally {
    simulation.close();
  }
}

class Simulation {
  readonly #options: SimulationOptions;
  readonly #events: SimulationEvents;
  readonly #start: number;
  readonly #end: number;
  readonly #devices: Device[];
  #failures = 0;
  #error: SimulationError | null = null;

  constructor(options: SimulationOptions, events: SimulationEvents) {
    const { devices, spanMs, outageMs = 0, seed = randomBytes(8).toString('hex') } = options;
    if (outageMs >= spanMs && outageMs > 0)
      throw new SimulationError('usage', 'the outage must be shorter than the time simulated');
    this.#options = options;
    this.#events = events;
    this.#end = Date.now();
    this.#start = this.#end - spanMs;
    const from = this.#start + Math.floor(new Random(`${seed} outage`).next() * (spanMs - outageMs));
    const outages = outageMs > 0 ? [{ from, to: from + outageMs }] : [];
    this.#devices = Array.from({ length: devices }, (_, i) => this.#device(`${seed} ${i}`, i, outages));
  }

  async run(): Promise<SimulationFinding> {
    await this.#checkNew();
    const telling = setInterval(() => this.#tell(), PROGRESS_MS);
    try {
      await this.#each((device) => this.#history(device));
      if (this.#options.live !== undefined && !this.#stopped()) await this.#goLive(this.#options.live.periodMs);
    } finally {
      clearInterval(telling);
    }
    return this.#audit();
  }

  close(): void {
    for (const device of this.#devices) device.close();
  }

  #device(seed: string, index: number, outages: Outage[]): Device {
    const {
      transport,
      probes,
      periodMs,
      uploadMs = 0,
      powerCuts = 0,
      lostMessages = 0.01,
      faults,
      isolated,
      battery,
    } = this.#options;
    return new Device({
      device_id: deviceId(seed),
      transport,
      seed,
      place: index * probes,
      probes,
      start: this.#start,
      periodMs,
      uploadMs,
      network: new Network({
        random: new Random(`${seed} network`),
        outages,
        lostRequests: lostMessages,
        lostAnswers: lostMessages,
      }),
      cuts: planCuts(powerCuts, this.#start, this.#end, outages, new Random(`${seed} cuts`)),
      ...(battery !== undefined && { battery }),
      ...(faults !== undefined && { faults }),
      ...(isolated !== undefined && { isolated }),
      onAnswer: (answer) => this.#heed(answer),
    });
  }

  /** Devices that the collector knows already would be told apart from what they sent in an earlier run by nothing. */
  async #checkNew(): Promise<void> {
    const known = new Set((await this.#options.collector.devices()).map(({ device_id }) => device_id));
    const old = this.#devices.find(({ device_id }) => known.has(device_id));
    if (old !== undefined)
      throw new SimulationError('usage', `the collector already has device ${old.device_id}: take another seed`);
  }

  /** Up to now, and, unless the device then goes live, on until the collector has everything. */
  async #history(device: Device): Promise<void> {
    await device.run(this.#end, 'fast', () => this.#stopped());
    if (this.#options.live !== undefined && !this.#stopped()) return;
    device.stopSampling();
    await device.run(this.#end + DRAIN_MS, 'fast', () => this.#error !== null || device.pending === 0);
  }

  async #goLive(periodMs: number): Promise<void> {
    this.#tell();
    await this.#events.onLive?.(
      Object.fromEntries(this.#devices.map((device) => [device.device_id, placesOf(device)])),
    );
    await this.#each(async (device) => {
      await device.goLive(periodMs);
      await device.run(Infinity, 'live', () => this.#stopped());
      device.stopSampling();
      const until = Date.now() + LIVE_DRAIN_MS;
      await device.run(until, 'live', () => this.#error !== null || device.pending === 0);
    });
  }

  async #audit(): Promise<SimulationFinding> {
    const devices: DeviceFinding[] = [];
    for (const device of this.#devices) {
      const finding = await audit(device.device_id, device.diary, this.#options.collector);
      const { powerCuts, clockError } = device;
      devices.push({ ...finding, powerCuts, clockError, places: placesOf(device) });
    }
    return { ...total(devices), devices };
  }

  /** All devices at once; the first error ends all. */
  async #each(run: (device: Device) => Promise<void>): Promise<void> {
    await Promise.all(this.#devices.map(run));
    if (this.#error !== null) throw this.#error;
  }

  #stopped(): boolean {
    return this.#error !== null || (this.#options.signal?.aborted ?? false);
  }

  /** An answer that no device can do anything about ends the simulation. */
  #heed(answer: Answer | null): void {
    const { address } = this.#options.transport;
    this.#failures = answer === null ? this.#failures + 1 : 0;
    if (this.#failures > FAILURES) this.#error ??= new SimulationError('unreachable', `${address} answers no more`);
    const status = answer?.status ?? 0;
    if (status === 401 || status === 403 || status === 404)
      this.#error ??= new SimulationError(status === 404 ? 'failure' : 'denied', refusal(answer!));
  }

  #tell(): void {
    const span = Math.max(1, this.#end - this.#start) * this.#devices.length;
    const done = this.#devices.reduce((sum, { clock }) => sum + Math.min(clock.now(), this.#end) - this.#start, 0);
    const taken = this.#devices.reduce((sum, { diary }) => sum + diary.times.length, 0);
    this.#events.onProgress?.(done / span, taken);
  }
}

function placesOf({ probes, places }: Device): Record<string, string> {
  return Object.fromEntries(probes.map(({ name }, i) => [name, places[i]!.name]));
}

function total(devices: DeviceFinding[]): Counts {
  const totals: Counts = {
    taken: 0,
    stored: 0,
    duplicates: 0,
    lost: 0,
    points: 0,
    estimated: 0,
    gaps: 0,
    wrong: 0,
    powerCuts: 0,
  };
  for (const device of devices)
    for (const name of Object.keys(totals) as (keyof Counts)[]) totals[name] += device[name];
  return totals;
}

/** Locally administered, as MAC addresses go: no chip has one of these. */
function deviceId(seed: string): string {
  const tail = [0, 8, 16, 24].map((shift) => (hash(`${seed} id`) >>> shift) & 0xff);
  return ['02', ...[hash(`${seed} more`) & 0xff, ...tail].map((byte) => byte.toString(16).padStart(2, '0'))].join(':');
}

function refusal({ status, body }: Answer): string {
  const message = isObject(body) && typeof body['message'] === 'string' ? body['message'] : `status ${status}`;
  return `the collector refused an upload: ${message}`;
}
