/** One field of one series: what a tile shows and what a curve draws. */
import type { AlarmShape } from '../../../firmware/protocol/rest.js';
import type { Quantity } from '../words/units.js';

export interface Newest {
  /** ms */
  time: number;
  value: number;
}

/** What people can rename, paint and delete: a trace, or a series that has no value yet. */
export interface Subject {
  key: string;
  series: number;
  /** what people call it */
  label: string;
  /** the sensor's own name where people call it something else, else '' */
  sensor: string;
  /** what people call its device */
  device: string;
  deviceId: string;
  /** its place in the palette, the same in its tile and in the chart */
  tone: number;
  /** what people chose instead, `#rrggbb` */
  colour: string | null;
}

export interface Trace extends Subject {
  /** names it in the address: `4.temp_C` */
  key: string;
  field: string;
  quantity: Quantity;
  /** how often its device uploads, ms; null while unknown */
  every: number | null;
  /** null until there is a value */
  newest: Newest | null;
  /** those that have gone off and not ended */
  alarms: AlarmShape[];
  /** time of the newest reading in which the probe gave none, ms; null when a value came since */
  fault: number | null;
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
  /** its series that have no value yet; their keys are like no trace's */
  silent: Subject[];
}
