/** How a device is, in words: its signal, its battery, what waits on it. */
import type { DeviceShape } from '../../../firmware/protocol/rest.js';

export interface Signal {
  /** bars out of four */
  bars: number;
  /** `good, −61 dBm` */
  text: string;
}

/** From this strength on, dBm: four bars, three, two, one. Below the last a connection hardly holds. */
const BARS: [dBm: number, words: string][] = [
  [-60, 'strong'],
  [-70, 'good'],
  [-80, 'fair'],
  [-90, 'weak'],
];

/** The strength of a device's Wi-Fi; null when it doesn't tell. */
export function signalOf(status: DeviceShape['status']): Signal | null {
  const rssi = status?.['rssi'];
  if (typeof rssi !== 'number') return null;
  const at = BARS.findIndex(([dBm]) => rssi >= dBm);
  const [bars, words] = at === -1 ? [0, 'hardly any'] : [BARS.length - at, BARS[at]?.[1] ?? ''];
  return { bars, text: `${words}, ${rssi.toLocaleString()}\u00a0dBm` };
}

/** Readings that the device had still to send when it was last heard; null when it doesn't tell. */
export function waitingOn(status: DeviceShape['status']): number | null {
  const waiting = status?.['waiting'];
  return typeof waiting === 'number' && waiting > 0 ? waiting : null;
}

/** The device's firmware; null when it doesn't tell. */
export function versionOf(status: DeviceShape['status']): string | null {
  const version = status?.['version'];
  return typeof version === 'string' ? version : null;
}

/** A single lithium-ion cell, which is what the boards' chargers take, has less than a tenth left at rest. */
const LOW_V = 3.4;
const LOW_PCT = 15;

/** Whether a battery wants to be changed or charged, by its field and its value as stored. */
export function isLow(field: string, value: number): boolean {
  if (/^batt(ery)?_pct$/.test(field)) return value < LOW_PCT;
  return /^batt(ery)?_V$/.test(field) && value < LOW_V;
}
