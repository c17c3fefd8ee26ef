import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../../simulator/random.js';
import type { Connection, Request } from '../connection.js';
import { drive } from '../drive.js';
import { load } from '../load.js';
import type { Subject } from '../subject.js';
import { spent } from '../usage.js';
import { Walk, windowOf } from '../walk.js';
import type { Figure, Measured, Work } from '../work.js';

const NAME = 'archive';
const SERIES = 100;
/** the first ones are long, the others share what is left */
const LONG = 9;
const LONG_POINTS = 100_000;
const TWO_DAYS = 2880;
const MONTH = 43_200;
const BUCKETS = 300;
/** ms of quiet before the memory is looked at */
const QUIET = 500;

/** What is asked of the archive, one at a time. */
interface Read {
  id: string;
  work: string;
  request: (subject: Subject, series: number, random: Random) => Request;
  rows: (subject: Subject, answer: string) => number;
  /** the rows that each answer must have */
  expected: number;
}

/** A big data set that is loaded once and opened in each round: its start, its memory, and reads of it. */
export function archive(points: number): Work {
  const long = Math.min(LONG_POINTS, Math.floor(points / 10));
  const rest = Math.floor((points - LONG * long) / (SERIES - LONG));
  const reads = readsOf(long);
  const size = `${count(LONG * long + (SERIES - LONG) * rest)} points`;
  const folders = new Map<Subject, string>();

  return {
    name: NAME,
    figures: [
      ...reads.flatMap(({ id, work }): Figure[] => [
        { id: `${id}.cpu-ms`, work, unit: 'server CPU ms', better: 'less' },
        { id: `${id}.p50-ms`, work, unit: 'ms, p50', better: 'less' },
      ]),
      { id: `${NAME}.resident-mb`, work: `idle with ${size}`, unit: 'MB of memory', better: 'less' },
      { id: `${NAME}.start-ms`, work: `start with ${size}`, unit: 'ms to the first answer', better: 'less' },
    ],

    async prepare(subject, { stage }) {
      const folder = stage.place();
      folders.set(subject, folder);
      await stage.on(subject, folder, `${NAME}-load`, async (server) => {
        const connections = await server.connect(4);
        await load(subject, connections, Walk.many(SERIES), (device) => (device < LONG ? long : rest));
      });
    },

    round: (subject, { stage, ms }) => {
      const begin = performance.now();
      return stage.on(subject, folders.get(subject)!, NAME, async (server) => {
        const [connection] = await server.connect(1);
        const ids = await firstAnswer(subject, connection!, long);
        const measured: Measured = { [`${NAME}.start-ms`]: performance.now() - begin };
        await sleep(QUIET);
        const resident = server.usage()?.residentBytes;
        measured[`${NAME}.resident-mb`] = resident === undefined ? null : resident / 1e6;

        const random = new Random(NAME);
        for (const { id, request, rows, expected } of reads) {
          const reading = {
            connections: [connection!],
            next: () => request(subject, ids.get(random.integer(LONG))!, random),
            check: (answer: string) => expectRows(rows(subject, answer), expected),
          };
          await drive({ ...reading, ms: ms / 4 });
          const before = server.usage();
          const { requests, p50 } = await drive({ ...reading, ms });
          measured[`${id}.cpu-ms`] = spent(before, server.usage(), requests).cpuMs;
          measured[`${id}.p50-ms`] = p50;
        }
        return measured;
      });
    },
  };
}

/** The reads of series that are `long` points each. */
function readsOf(long: number): Read[] {
  const month = Math.min(MONTH, long);
  const buckets = Math.min(BUCKETS, long);
  return [
    {
      id: `${NAME}-raw`,
      work: `raw, 30 days (${count(month)} points)`,
      request: (subject, series, random) => subject.raw(series, windowOf(random.integer(long - month + 1), month)),
      rows: (subject, answer) => subject.rows(answer),
      expected: month,
    },
    {
      id: `${NAME}-buckets`,
      work: `${count(long)} points in ${buckets} buckets of mean, min, max`,
      request: (subject, series) => subject.buckets(series, windowOf(0, long), buckets),
      rows: (subject, answer) => subject.rows(answer),
      expected: buckets,
    },
    {
      id: `${NAME}-list`,
      work: `list of ${SERIES} series with their counts`,
      request: (subject) => subject.list(),
      rows: (subject, answer) => subject.listed(answer),
      expected: SERIES,
    },
  ];
}

/** Asks for the last two days of a series, as a page would that has just been opened → the ids, by device. */
async function firstAnswer(subject: Subject, connection: Connection, long: number): Promise<Map<number, number>> {
  const ids = await subject.seriesOfDevices(connection);
  const length = Math.min(TWO_DAYS, long);
  const answer = await connection.send(subject.raw(ids.get(0)!, windowOf(long - length, length)));
  expectRows(subject.rows(answer), length);
  return ids;
}

function expectRows(found: number, expected: number): void {
  if (found !== expected) throw new Error(`an answer has ${found} rows instead of ${expected}`);
}

function count(n: number): string {
  return n.toLocaleString('en');
}
