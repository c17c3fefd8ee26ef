/** One field of one series: what a tile shows and what a curve draws. */
import type { Quantity } from './units.js';

export interface Newest {
  /** ms */
  time: number;
  value: number;
}

export interface Trace {
  /** names it in the address: `4.temp_C` */
  key: string;
  series: number;
  field: string;
  /** what people call it */
  label: string;
  /** the sensor's own name where people call it something else, else '' */
  sensor: string;
  /** what people call its device */
  device: string;
  quantity: Quantity;
  /** its place in the palette, the same in its tile and in the chart */
  tone: number;
  /** null until there is a value */
  newest: Newest | null;
}

/** The key of a field of a series. */
export function traceKey(series: number, field: string): string {
  return `${series}.${field}`;
}

/** The traces of one device. */
export interface Device {
  id: string;
  name: string;
  traces: Trace[];
  /** series that have no value yet, by what people call them */
  silent: string[];
}
