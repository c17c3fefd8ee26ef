import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import initSqlJs from 'sql.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PointShape, SeriesShape } from '../../firmware/protocol/rest.js';
import { TestCollector, TOKEN } from './collector.js';
import { start, thermowell } from './thermowell.js';

const END = Math.floor(Date.now() / 60_000) * 60_000 - 120_000;

let folder: string;
let from: TestCollector;
let to: TestCollector;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'thermowell-transfer-'));
  from = await TestCollector.open();
  to = await TestCollector.open();
});
afterEach(async () => {
  await Promise.all([from.close(), to.close(), rm(folder, { recursive: true })]);
});

const run = (collector: TestCollector, ...args: string[]) =>
  thermowell(args, { cwd: folder, env: { THERMOWELL_URL: collector.url, THERMOWELL_TOKEN: TOKEN } });

/** desc → what the points of that series are. */
async function contents(collector: TestCollector): Promise<Record<string, [string, object][]>> {
  const series = (await (await fetch(`${collector.url}/series`)).json()) as Record<string, SeriesShape>;
  const found: Record<string, [string, object][]> = {};
  for (const [id, { device_id, desc }] of Object.entries(series)) {
    const points = (await (await fetch(`${collector.url}/series/${id}?from=2000-01-01`)).json()) as PointShape[];
    found[`${device_id}/${desc}`] = points.map(({ timestamp, fields }) => [timestamp, fields]);
  }
  return found;
}

describe('export and import', () => {
  it.each(['json', 'csv', 'influx'])(
    '%s: what comes back is what went out, and the second time nothing',
    async (format) => {
      await from.upload(300, END);
      const series_id = await from.put('series/new', {
        token: TOKEN,
        device_id: 'odd, "one"',
        device_desc: 'a\\b=c d',
        desc: 'x, y',
      });
      const fields = { temp_C: -1.5, note: 'a "b", c\\', on: true };
      await from.put('batch/new', { token: TOKEN, series_id, points: [{ timestamp: END, fields }] });
      const file = `points.${format === 'influx' ? 'lp' : format}`;
      const exported = await run(from, 'export', '-o', file);
      expect([exported.code, exported.stdout]).toEqual([0, '']);
      const imported = await run(to, 'import', file, '--json');
      expect(imported.code).toBe(0);
      const expected = await contents(from);
      // of 300 readings one is a gap, which only json can hold
      if (format !== 'json')
        for (const [name, points] of Object.entries(expected))
          expected[name] = points.filter(([, fields]) => !Object.values(fields).includes(null));
      expect(await contents(to)).toEqual(expected);
      const again = JSON.parse((await run(to, 'import', file, '--json')).stdout) as object;
      const points = format === 'json' ? 601 : 600;
      expect(again).toEqual({ points, stored: 0, duplicates: points, series: 3, made: 0 });
    },
  );

  it.each(['json', 'csv', 'influx'])('%s: what is exported again is the same, byte by byte', async (format) => {
    // a short series before and behind one that takes several uploads; a field that is only taken by itself in between
    const short = { token: TOKEN, device_id: 'z', device_desc: 'zed' };
    const first = await from.put('series/new', short);
    await from.put('point/new', { token: TOKEN, series_id: first, timestamp: END, fields: { note: 'two\nlines' } });
    await from.upload(2500, END);
    // in nanoseconds, as Influx has it, a number that no double holds
    await from.put('point/new', {
      token: TOKEN,
      series_id: first,
      timestamp: 1_795_412_862_442,
      fields: { note: 'x' },
    });
    for (const fields of [{ a: 1 }, { 'a b': 2 }, { a: 3 }])
      await from.put('point/new', { token: TOKEN, series_id: first, timestamp: END, fields });
    const [one, two] = [`one.${format}`, `two.${format}`];
    expect((await run(from, 'export', '--format', format, '-o', one)).code).toBe(0);
    expect((await run(to, 'import', one, '--format', format)).code).toBe(0);
    expect((await run(to, 'export', '--format', format, '-o', two)).code).toBe(0);
    const [before, after] = [await readFile(join(folder, one), 'utf8'), await readFile(join(folder, two), 'utf8')];
    expect(before.split('\n').length).toBeGreaterThan(5000);
    expect(after === before).toBe(true);
  });

  it('pages through many points, those of one instant too', async () => {
    const series_id = await from.put('series/new', { token: TOKEN, device_id: 'd', device_desc: '' });
    // without a time they all get that of their arrival
    const points = Array.from({ length: 10_000 }, (_, i) => ({ fields: { i } }));
    await from.put('batch/new', { token: TOKEN, series_id, points });
    await from.put('batch/new', {
      token: TOKEN,
      series_id,
      points: points.map(({ fields }, i) => ({ timestamp: END + (i % 7), fields: { j: fields.i } })),
    });
    const { stdout } = await run(from, 'export', '--format', 'json');
    const seen = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.stringify((JSON.parse(line) as PointShape).fields));
    expect([seen.length, new Set(seen).size]).toEqual([20_000, 20_000]);
  });

  it('a file that is not complete does not get its name', async () => {
    await from.upload(10, END);
    expect((await run(from, 'export', '1', '99', '-o', 'x.csv')).code).toBe(5);
    expect(await readdir(folder)).toEqual([]);
    expect((await run(from, 'export', '-o', 'no such folder/x.csv')).code).toBe(1);
  });

  it('writes through a link and into a pipe, and puts nothing in their place', async () => {
    await from.upload(3, END);
    await mkdir(join(folder, 'elsewhere'));
    await writeFile(join(folder, 'elsewhere/old.csv'), 'old');
    await symlink('elsewhere/old.csv', join(folder, 'link.csv'));
    expect((await run(from, 'export', '2', '-o', 'link.csv')).code).toBe(0);
    expect((await lstat(join(folder, 'link.csv'))).isSymbolicLink()).toBe(true);
    const exported = await readFile(join(folder, 'elsewhere/old.csv'), 'utf8');
    expect(exported.split('\n')).toHaveLength(5);
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    const reader = promisify(execFile)('cat', [join(folder, 'pipe')]);
    expect((await run(from, 'export', '2', '-o', 'pipe')).code).toBe(0);
    // where nobody wrote to it, it would wait for ever
    if (!(await lstat(join(folder, 'pipe'))).isFIFO()) reader.child.kill();
    expect((await reader).stdout).toBe(exported);
    expect((await readdir(folder)).toSorted()).toEqual(['elsewhere', 'link.csv', 'pipe']);
  });

  it('export narrows the window and chooses series', async () => {
    await from.upload(10, END);
    const { stdout } = await run(from, 'export', '2', '--from', String(END - 60_000));
    expect(stdout.split('\n').map((line) => line.split(','))).toEqual([
      ['timestamp', 'device_id', 'device_desc', 'desc', 'batt_V'],
      [new Date(END - 60_000).toISOString(), '24:6f:28:aa:bb:cc', 'fridge', 'battery', '3.9992'],
      [new Date(END).toISOString(), '24:6f:28:aa:bb:cc', 'fridge', 'battery', '3.9991'],
      [''],
    ]);
  });
});

describe('thermowell import', () => {
  it('takes a table with no more than times and values, packed or from stdin', async () => {
    const table = 'time,temp_C,"wet, or not"\n2026-11-01 12:00,20.5,true\n2026-11-01T12:00Z,,\n1762000000,-3,no\n';
    await writeFile(join(folder, 'roof.csv.gz'), gzipSync(table));
    expect((await run(to, 'import', 'roof.csv.gz', '--device', 'shed')).code).toBe(0);
    expect(await contents(to)).toEqual({
      'shed/roof': [
        [new Date(1_762_000_000_000).toISOString(), { temp_C: -3, 'wet, or not': 'no' }],
        ['2026-11-01T11:00:00.000Z', { temp_C: 20.5, 'wet, or not': true }],
      ],
    });
    const env = { THERMOWELL_URL: to.url, THERMOWELL_TOKEN: TOKEN };
    const child = start(['import', '-', '--format', 'csv', '--series', '1'], { env });
    child.stdin!.end('time,temp_C\n2026-11-02,1\n');
    expect(await once(child, 'close')).toEqual([0, null]);
    expect((await contents(to))['shed/roof']).toHaveLength(3);
  });

  it.each([
    [';', 'timestamp;temp_C;"note; or not"\r\n2026-11-01 12:00;21,5;"a;b"\r\n2026-11-01 13:00;-3;"1,5,2"\r\n'],
    ['tabs', 'timestamp\ttemp_C\t"note; or not"\n2026-11-01 12:00\t"21,5"\ta;b\n2026-11-01 13:00\t-3\t1,5,2\n'],
  ])('takes a table with %s between the cells, its numbers with a decimal comma', async (_, table) => {
    await writeFile(join(folder, 'sheet.csv'), `\ufeff${table}`);
    expect((await run(to, 'import', 'sheet.csv', '--device', 'd')).code).toBe(0);
    expect(await contents(to)).toEqual({
      'd/sheet': [
        ['2026-11-01T11:00:00.000Z', { temp_C: 21.5, 'note; or not': 'a;b' }],
        ['2026-11-01T12:00:00.000Z', { temp_C: -3, 'note; or not': '1,5,2' }],
      ],
    });
  });

  it.each([
    ['a.csv', 'time,a,a\n2026-11-01,1,2\n', 'a.csv:1: two columns are called "a"'],
    ['a.csv', 'time,__proto__\n2026-11-01,1\n', 'a.csv:1: a column can\'t be called "__proto__"'],
    ['a.csv', 'time,a,\n2026-11-01,1,\n2026-11-02,1,2\n', 'a.csv:3: column 3 has the value "2", but no name'],
    ['a.csv', 'time,temp_C\n2026-11-01,1\n2026-11-02,1,2\n', 'a.csv:3: 3 cells, but 2 columns are named'],
    ['a.csv', 'time,temp_C\n2026-11-01,1\nyesterday,1\n', 'a.csv:3: "yesterday" is no time'],
    ['a.csv', 'temp_C\n1\n', 'a.csv:1: the first line must name the columns, one of them "timestamp"'],
    ['a.csv', 'time,note\n2026-11-01,"x\n', 'a.csv:2: a quote that is opened here is never closed'],
    ['a.csv', 'time,temp_C\n1999-11-01,1\n', 'a.csv:2: its time is not between the years 2000 and 2100'],
    ['a.json', '{"timestamp":1762000000,"fields":{}}\n{"time":1}\n', 'a.json:2: a point must have "fields"'],
    ['a.json', '\n{"timestamp":\n', 'a.json:2: it is no JSON'],
    ['a.lp', 'a v=1 1762000000\na v=x 1762000000\n', 'a.lp:2: at character 6: the field "v" has no value'],
    ['a.lp', 'a v=1\n', 'a.lp:1: at character 6: a time is missing'],
    ['a.lp', 'a,b v=1 1\n', 'a.lp:1: at character 4: "=" is missing'],
  ])('names the bad line of %s and stores nothing: %j', async (file, text, said) => {
    await writeFile(join(folder, file), text);
    const { code, stdout, stderr } = await run(to, 'import', file, '--device', 'd');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain(`thermowell: ${said}`);
    expect(await contents(to)).toEqual({});
  });

  it('says which file is no archive, though it is called one', async () => {
    await writeFile(join(folder, 'x.csv.gz'), gzipSync('time,temp_C\n2026-11-01,1\n').subarray(0, 30));
    const { code, stderr } = await run(to, 'import', 'x.csv.gz', '--device', 'd');
    expect([code, stderr]).toEqual([1, 'thermowell: x.csv.gz: unexpected end of file\n']);
  });

  it("refuses to put points beside a device's own, unless told to", async () => {
    await from.upload(5, END);
    await run(from, 'export', '-o', 'x.json');
    const refused = await run(from, 'import', 'x.json');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('series 1 is filled by the device "24:6f:28:aa:bb:cc" itself');
    await writeFile(join(folder, 'more.csv'), 'time,temp_C\n2026-11-01,1\n');
    expect((await run(from, 'import', 'more.csv', '--series', '1')).code).toBe(0);
    expect((await contents(from))['24:6f:28:aa:bb:cc/28-0316a4f1b2ff']).toHaveLength(6);
  });

  it('--dry-run reads and stores nothing', async () => {
    await writeFile(join(folder, 'x.csv'), 'time,temp_C\n2026-11-01,1\n');
    const { stderr } = await run(to, 'import', 'x.csv', '--device', 'd', '--dry-run');
    expect(stderr).toBe('1 point for 1 series, 1 of them new. Nothing was stored.\n');
    expect(await contents(to)).toEqual({});
  });

  it.each([
    [['import', 'x.csv'], 2, "doesn't say which device"],
    [['import', 'x.csv', '--series', '9'], 5, "Series 9 doesn't exist"],
    [['import', 'x.dat'], 2, "can't be told by its name"],
    [['import', 'missing.csv'], 1, 'missing.csv: no such file or directory'],
    [['import', '.'], 1, '. is a folder'],
    [['import', 'x.csv', '--device', 'd', '--token', 'wrong'], 4, 'token add'],
  ])('%j ends with %i', async (args, exit, said) => {
    await writeFile(join(folder, 'x.csv'), 'time,temp_C\n2026-11-01,1\n');
    await writeFile(join(folder, 'x.dat'), '');
    const { code, stderr } = await run(to, ...args);
    expect(code).toBe(exit);
    expect(stderr).toContain(said);
  });

  it('takes a database of timeseries-api, with its local times, and any name of a field', async () => {
    const { Database } = await initSqlJs();
    const database = new Database();
    database.run(
      'CREATE TABLE "timeseries-api-series" (id INTEGER PRIMARY KEY, token TEXT, device_id TEXT, device_desc TEXT, desc TEXT, timestamp DATETIME)',
    );
    database.run(
      'CREATE TABLE "timeseries-api-points" (id INTEGER PRIMARY KEY, series_id INTEGER, timestamp DATETIME, fields TEXT)',
    );
    database.run(
      `INSERT INTO "timeseries-api-series" VALUES (3, 'secret', '240ac4', 'fridge', NULL, '2018-05-17 03:57:10.123456')`,
    );
    for (let i = 0; i < 300; i++)
      database.run('INSERT INTO "timeseries-api-points" VALUES (?, 3, ?, ?)', [
        i + 1,
        `2018-05-17 ${String(3 + Math.floor(i / 3600)).padStart(2, '0')}:${String(Math.floor(i / 60) % 60).padStart(2, '0')}:${String(i % 60).padStart(2, '0')}.123456`,
        i === 5 ? '{"temp °C": 1}' : `{"temp_C": ${i}, "batt_V": 4.0393}`,
      ]);
    await writeFile(join(folder, 'api_db.sqlite'), database.export());
    const { code, stderr } = await run(to, 'import', 'api_db.sqlite');
    expect([code, stderr]).toEqual([
      0,
      '300 points stored in 1 series, 1 of them new; 0 points had been there before.\n',
    ]);
    const points = (await contents(to))['240ac4/null']!;
    expect(points).toHaveLength(300);
    expect(points[0]).toEqual(['2018-05-17T01:00:00.123Z', { temp_C: 0, batt_V: 4.0393 }]);
    expect(points[5]).toEqual(['2018-05-17T01:00:05.123Z', { 'temp °C': 1 }]);
    await run(to, 'import', 'api_db.sqlite');
    expect((await contents(to))['240ac4/null']).toHaveLength(300);
  });

  it('says so where a database is another one', async () => {
    const { Database } = await initSqlJs();
    const other = new Database();
    other.run('CREATE TABLE t (x)');
    await writeFile(join(folder, 'other.sqlite'), other.export());
    const { code, stderr } = await run(to, 'import', 'other.sqlite');
    expect(code).toBe(1);
    expect(stderr).toContain('other.sqlite: it is no database of timeseries-api');
    expect(await readFile(join(folder, 'other.sqlite'))).not.toHaveLength(0);
  });
});
