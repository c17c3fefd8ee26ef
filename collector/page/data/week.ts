/** How many readings of each device the last week has: what its ledger, which counts without days, doesn't tell. */
import type { DeviceShape } from '../../../firmware/protocol/rest.js';
import { WEEK_MS } from '../words/account.js';
import type { Api } from './api.js';
import { ApiError } from './api.js';

const REFRESH_MS = 10 * 60_000;

export class Weeks {
  readonly #api: Api;
  readonly #asked = new Map<string, number>();
  readonly #weeks = new Map<string, { readings: number; storedThen: number }>();

  constructor(api: Api) {
    this.#api = api;
  }

  /** With what its ledger has counted since the series were asked; null while nobody has asked. */
  of(device: DeviceShape): number | null {
    const week = this.#weeks.get(device.device_id);
    return week === undefined ? null : week.readings + storedOf(device) - week.storedThen;
  }

  /** Asks for the devices that are due; one that can't be had keeps what it has. */
  async load(devices: Iterable<DeviceShape>, now: number): Promise<void> {
    const due = [...devices].filter(({ device_id: id }) => now - (this.#asked.get(id) ?? 0) > REFRESH_MS);
    await Promise.all(due.map((device) => this.#ask(device, now)));
  }

  async #ask(device: DeviceShape, now: number): Promise<void> {
    const { device_id, sensors } = device;
    this.#asked.set(device_id, now);
    try {
      const week = { from: now - WEEK_MS, to: now };
      const counts = await Promise.all(Object.values(sensors).map((series) => this.#api.count(series, week)));
      // A reading has a value of each sensor, or none where the probe failed: the fullest series counts them best.
      this.#weeks.set(device_id, { readings: Math.max(0, ...counts), storedThen: storedOf(device) });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#asked.delete(device_id);
    }
  }
}

function storedOf({ ledger }: DeviceShape): number {
  return ledger.reduce((all, { stored }) => all + stored, 0);
}
