/** What is measured: a server that keeps time series, and how it is spoken to. */
import type { Connection, Request } from './connection.js';

/** Consecutive points of one series. */
export interface Run {
  /** how many came before, in this series */
  first: number;
  /** ms */
  time: number[];
  value: number[];
}

/** Both ends inclusive, ms. */
export interface Window {
  from: number;
  to: number;
}

export interface Subject {
  name: string;
  /** variables it is run with, and no others */
  environment?: Record<string, string>;
  /** Puts what it needs into its folder. The arguments to run it with Node: it says its URL on stderr. */
  arrange(folder: string): Promise<string[]>;
  /** Makes series that take single points → their ids. */
  makeSeries(connection: Connection, count: number): Promise<number[]>;
  /** One point of such a series. */
  point(series: number, time: number, value: number): Request;
  /** A batch of a device's only sensor. The device, a number, is made by its first batch. */
  batch(device: number, run: Run): Request;
  /** The ids of the series that batches made, by device. */
  seriesOfDevices(connection: Connection): Promise<Map<number, number>>;
  /** Every point of a window, in columns; `rows` counts them in the answer. */
  raw(series: number, window: Window): Request;
  /** Mean, min and max of a window in so many buckets, in columns. */
  buckets(series: number, window: Window, count: number): Request;
  rows(answer: string): number;
  /** All series with their number of points; `listed` counts them in the answer. */
  list(): Request;
  listed(answer: string): number;
  /** All points there are. */
  count(connection: Connection): Promise<number>;
  /** Sync calls so far; null when it doesn't count them. */
  syncs(connection: Connection): Promise<number | null>;
}
