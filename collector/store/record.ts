/**
 * What the journal holds: every change of the store as a command with its times resolved. The state is what comes out
 * when all commands are applied in order (state.ts), on the way in and at start-up alike, so a record needs no ids:
 * they are given out in that order.
 *
 * Times of points are written as on the wire: the first absolute, each other one the difference to the one before; but
 * those of a large batch are in code, as its values are.
 */
import type { Sensors, Status } from '../../firmware/protocol/batch.js';
import type { Json, JsonObject } from '../../firmware/protocol/json.js';
import type { ColumnCode } from './column-code.js';
import type { NewSeries, SeriesPatch, UserId } from './store.js';
import type { TimeCode } from './time-code.js';

/** kind → body. */
export interface Records {
  /** first line of a segment: its number and the version of this format */
  segment: { version: 1 | 2 | 3; number: number };
  'create-series': NewSeries;
  'patch-series': SeriesPatch & { id: number };
  'replace-sensor': ReplacementRecord;
  'delete-series': { id: number };
  points: PointsRecord;
  singles: SinglesRecord | ListedSingles;
  /** the point exists, or did when this was written */
  'delete-point': { id: number };
  batch: BatchRecord;
  quarantine: QuarantineRecord;
  replay: ReplayRecord;
  'drop-quarantine': { name: string };
}

export type Kind = keyof Records;

/** Plain points, none of which is a repeat of a stored one. */
export interface PointsRecord {
  series: number;
  received: number;
  time: number[];
  fields: JsonObject[];
}

/** Another sensor fills a series; what it stored before in one of its own moves along, in storage order. */
export interface ReplacementRecord {
  id: number;
  sensor: string;
  /** how its own series was when that was read: nothing happens where it isn't so any more; null: it had none */
  own?: { id: number; next: number; count: number } | null;
  runs: { plain: boolean; estimated: boolean; time: number[]; fields: JsonObject[] }[];
}

/** Points that came one by one, in columns (singles.ts). */
export interface SinglesRecord {
  points: number;
  series: string;
  received: string;
  time: string;
  fields: Record<string, ColumnCode>;
}

/** What version 1 had instead. */
export interface ListedSingles {
  series: number[];
  received: number[];
  time: number[];
  fields: Record<string, Json[]>;
}

export interface BatchRecord {
  device_id: string;
  device_desc?: string;
  user: UserId;
  received: number;
  log: string;
  first: number;
  oldest: number;
  /** readings in the upload; `time` and `sensors` are empty when all were duplicates */
  length: number;
  estimated?: true;
  /** in lists or in code (readings.ts) */
  time: number[] | TimeCode;
  sensors: Sensors | CodedSensors;
  status?: Status;
}

/** sensor → field → values. */
export type CodedSensors = Record<string, Record<string, ColumnCode>>;

/** All but the readings. */
export type BatchHead = Omit<BatchRecord, 'time' | 'sensors'>;

export interface QuarantineRecord {
  device_id: string;
  user: UserId;
  received: number;
  log: string;
  first: number;
  oldest: number;
  length: number;
  /** the entry's name in `quarantine/` */
  name: string;
}

/** All readings of a batch that was set aside; of which log, and which of them are taken, its entry says. */
export interface ReplayRecord {
  name: string;
  estimated?: true;
  time: number[];
  sensors: Sensors;
}

/** Absolute times → as written. */
export function toSteps(time: ArrayLike<number>): number[] {
  const steps = new Array<number>(time.length);
  let before = 0;
  for (let i = 0; i < time.length; i++) {
    const t = time[i]!;
    steps[i] = t - before;
    before = t;
  }
  return steps;
}

/** As written → absolute times. */
export function fromSteps(steps: number[]): number[] {
  const time = new Array<number>(steps.length);
  let t = 0;
  for (let i = 0; i < steps.length; i++) {
    t += steps[i]!;
    time[i] = t;
  }
  return time;
}
