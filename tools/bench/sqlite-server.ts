/**
 * The peer of `bench --against sqlite`: points in one table, over HTTP. It answers when the point is on disk, as the
 * collector does (WAL, synchronous=FULL), and is spared whatever it can be: statements are prepared, a batch is one
 * transaction, nothing is checked, nobody is asked for a token. `node sqlite-server.js <file>`
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { findSqlite } from './sqlite-driver.js';

const db = findSqlite()!(process.argv[2]!);
db.exec(`
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE IF NOT EXISTS series (id INTEGER PRIMARY KEY, device INTEGER UNIQUE);
  CREATE TABLE IF NOT EXISTS point (
    series INTEGER NOT NULL, time INTEGER NOT NULL, value REAL,
    PRIMARY KEY (series, time)
  ) WITHOUT ROWID;
`);
const find = db.prepare('SELECT id FROM series WHERE device = ?');
const make = db.prepare('INSERT INTO series (device) VALUES (?)');
const add = db.prepare('INSERT OR REPLACE INTO point (series, time, value) VALUES (?, ?, ?)');
const all = db.prepare('SELECT count(*) AS n FROM point');
const list = db.prepare(
  'SELECT id, device, (SELECT count(*) FROM point WHERE series = series.id) AS count FROM series ORDER BY id',
);
const raw = db.prepare('SELECT time, value FROM point WHERE series = ? AND time BETWEEN ? AND ? ORDER BY time');
const buckets = db.prepare(`
  SELECT CAST((time - ?) / ? AS INTEGER) AS bucket, avg(value) AS mean, min(value) AS min, max(value) AS max
  FROM point WHERE series = ? AND time BETWEEN ? AND ? GROUP BY bucket ORDER BY bucket
`);
const begin = db.prepare('BEGIN IMMEDIATE');
const commit = db.prepare('COMMIT');

type Row = Record<string, number>;
type Query = Record<string, number>;
type Handler = (query: Query, body: string) => unknown;

const handlers: Record<string, Handler> = {
  'PUT /series': (_, body) => {
    const { count } = JSON.parse(body) as { count: number };
    return together(() => Array.from({ length: count }, () => Number(make.run(null).lastInsertRowid)));
  },
  'PUT /point': (_, body) => {
    const { series, time, value } = JSON.parse(body) as Row;
    add.run(series!, time!, value!);
    return 1;
  },
  'PUT /batch': (_, body) => {
    const { device, time, value } = JSON.parse(body) as { device: number; time: number[]; value: number[] };
    together(() => {
      const series = (find.get(device) as Row | undefined)?.['id'] ?? Number(make.run(device).lastInsertRowid);
      for (let i = 0; i < time.length; i++) add.run(series, time[i]!, value[i]!);
    });
    return time.length;
  },
  'GET /series': () => list.all(),
  'GET /count': () => (all.get() as Row)['n'],
  'GET /raw': ({ series, from, to }) => columns(raw.all(series!, from!, to!) as Row[], ['time', 'value']),
  'GET /buckets': ({ series, from, to, width }) => {
    const rows = buckets.all(from!, width!, series!, from!, to!) as Row[];
    const { bucket, ...aggregates } = columns(rows, ['bucket', 'mean', 'min', 'max']);
    return { time: bucket!.map((n) => from! + n * width!), ...aggregates };
  },
};

const server = createServer((request, response) => {
  answer(request).then(
    (value) => {
      const text = JSON.stringify(value);
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
      response.end(text);
    },
    (error: Error) => response.writeHead(500).end(error.message),
  );
});

process.once('SIGTERM', () => {
  server.close(() => db.close());
  server.closeAllConnections();
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
process.stderr.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);

async function answer(request: IncomingMessage): Promise<unknown> {
  const [path, search] = request.url!.split('?', 2) as [string, string | undefined];
  const query = Object.fromEntries(Array.from(new URLSearchParams(search), ([name, text]) => [name, Number(text)]));
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return handlers[`${request.method} ${path}`]!(query, Buffer.concat(pieces).toString());
}

/** One transaction. What fails in it is a fault of ours, and ends the run. */
function together<T>(work: () => T): T {
  begin.run();
  const result = work();
  commit.run();
  return result;
}

function columns(rows: Row[], names: string[]): Record<string, number[]> {
  return Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name]!)]));
}
