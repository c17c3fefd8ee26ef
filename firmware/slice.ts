/** Consecutive readings of the log that one batch may hold. */
import { sameNames } from './column.js';
import type { Dating } from './dating.js';
import type { ClockKind, Sensors, Values } from './protocol/batch.js';
import { valuesOf, type ReadingRecord, type Run } from './record.js';
import { stepBack, type Place, type Ring } from './ring.js';

/** Of one boot, one clock, one set of fields: protocol.md §3 "Time", "Values". */
export interface Slice {
  /** number of the first reading */
  first: number;
  clock: ClockKind;
  /** the times are a guess (dating.ts) */
  estimated: boolean;
  /** false: the times are the uptime of an earlier boot, and can't be told before this boot knows the time */
  dated: boolean;
  /** ms on `clock` */
  time: number[];
  sensors: Sensors;
}

/** How a run's times are told: by a dating, or as they are; `dated` as in a slice. */
export interface Telling {
  readonly dating: Dating | null;
  readonly dated: boolean;
}

/**
 * At most `max` readings from the place on, and at most `values` values but for a single reading's; the place is then
 * behind them; null where there are none. `tell` is asked once per run, with the place behind its first reading.
 */
export function readSlice(
  ring: Ring,
  place: Place,
  max: number,
  values: number,
  tell: (run: Run, behind: Place) => Telling,
): Slice | null {
  const time: number[] = [];
  let first = 0;
  let run: Run | null = null;
  let telling: Telling = { dating: null, dated: true };
  let columns: Values[] = [];
  while (time.length < max && (time.length === 0 || (time.length + 1) * columns.length <= values)) {
    const record: ReadingRecord | null = ring.nextReading(place);
    if (!record) break;
    if (record.run !== run) {
      const own = tell(record.run, place);
      if (run && !alike(run, telling, record.run, own)) {
        stepBack(place, record);
        break;
      }
      if (!run) columns = record.run.columns.map(() => []);
      run = record.run;
      telling = own;
    }
    if (time.length === 0) first = record.number;
    if (record.number !== first + time.length) {
      stepBack(place, record);
      break;
    }
    const { dating } = telling;
    time.push(dating ? Math.min(dating.wall + record.time, dating.until) : record.time);
    valuesOf(record).forEach((value, i) => columns[i]!.push(value));
  }
  if (!run || time.length === 0) return null;
  const { dating, dated } = telling;
  const clock = dating ? 'unix' : run.clock;
  return { first, clock, dated, estimated: dating?.estimated ?? false, time, sensors: named(run, columns) };
}

function alike(a: Run, tellingA: Telling, b: Run, tellingB: Telling): boolean {
  const clockOf = (run: Run, { dating }: Telling): ClockKind => (dating ? 'unix' : run.clock);
  const wallOf = (run: Run, { dating }: Telling): number | null => (dating ? dating.wall : run.boot.wall);
  return (
    a.boot.number === b.boot.number &&
    clockOf(a, tellingA) === clockOf(b, tellingB) &&
    wallOf(a, tellingA) === wallOf(b, tellingB) &&
    sameNames(a.columns, b.columns)
  );
}

function named({ columns }: Run, values: Values[]): Sensors {
  const sensors: Sensors = {};
  columns.forEach(({ sensor, field }, i) => ((sensors[sensor] ??= {})[field] = values[i]!));
  return sensors;
}
