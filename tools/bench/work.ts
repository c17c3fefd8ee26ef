/** A piece of work that is measured: what it yields, and how. */
import type { Connection } from './connection.js';
import type { Stage } from './stage.js';
import type { Subject } from './subject.js';

/** One number that a work yields. */
export interface Figure {
  /** names it in the JSON: `batches-1000.points-per-cpu-second` */
  id: string;
  /** for people: what is done, and what is counted */
  work: string;
  unit: string;
  better: 'more' | 'less';
}

/** id → number; null where it can't be known: no /proc, or nothing that counts it. */
export type Measured = Record<string, number | null>;

/** What every work is told. */
export interface Terms {
  stage: Stage;
  /** points of the archive that is read */
  points: number;
  /** ms of each measurement */
  ms: number;
}

export interface Work {
  /** names it on the command line */
  name: string;
  /** it is a count, not a time: once is enough */
  once?: true;
  /** takes long, so it is left out where it isn't asked for by name */
  onlyNamed?: true;
  figures: Figure[];
  /** Once for each subject, before the rounds. */
  prepare?(subject: Subject, terms: Terms): Promise<void>;
  round(subject: Subject, terms: Terms): Promise<Measured>;
}

/** @throws Error when the subject doesn't have every point that it acknowledged */
export async function checkCount(subject: Subject, connection: Connection, acknowledged: number): Promise<void> {
  const count = await subject.count(connection);
  if (count !== acknowledged)
    throw new Error(`${subject.name} acknowledged ${acknowledged} points and has ${count} of them`);
}
