import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DeviceShape, PointShape } from '../../firmware/protocol/rest.js';
import { start, thermowell } from './thermowell.js';
import { STRANGER, TestCollector, TOKEN } from './collector.js';

const COUNT = 600;
/** ms; on the minute, so that it reads well */
const END = Math.floor(Date.now() / 60_000) * 60_000 - 120_000;

let collector: TestCollector;
const run = (...args: string[]) => thermowell([...args, '--url', collector.url]);

/** How many points `show` has of series 1. */
async function countOf(...args: string[]): Promise<number> {
  return (JSON.parse((await run('show', '1', '--json', ...args)).stdout) as unknown[]).length;
}

beforeEach(async () => {
  collector = await TestCollector.open();
  await collector.upload(COUNT, END);
  const series = { token: STRANGER, device_id: 'by hand', device_desc: '', desc: 'a \u001b[2J note' };
  const series_id = await collector.put('series/new', series);
  await collector.put('point/new', { token: STRANGER, series_id, fields: { note: 'x\ny', level: 3 } });
  await collector.put('series/new', { ...series, desc: 'empty' });
});
afterEach(() => collector.close());

describe('thermowell list', () => {
  it('shows the series with their newest values', async () => {
    const { code, stdout, stderr } = await run('list');
    expect([code, stderr]).toEqual([0, '']);
    const lines = stdout.split('\n');
    expect(lines[0]).toMatch(/^id {2}device +desc +newest +age +points$/);
    expect(lines[1]).toMatch(/^ 1 {2}24:6f:28:aa:bb:cc fridge {2}28-0316a4f1b2ff +\d+(\.\d+)? °C +\d+ (s|min) +600$/);
    expect(lines[2]).toMatch(/^ 2 {2}24:6f:28:aa:bb:cc fridge {2}battery +3\.9401 V +\d+ (s|min) +600$/);
    expect(lines[3]).toContain('a \ufffd[2J note');
    expect(lines[3]).toContain('note x\ufffdy, level 3');
    expect(lines[4]).toMatch(/ {2}empty +– +0$/);
  });

  it('--json has the same as the collector, with the newest point', async () => {
    const rows = JSON.parse((await run('list', '--json')).stdout) as {
      id: number;
      count: number;
      latest: PointShape | null;
    }[];
    expect(rows.map(({ id, count, latest }) => [id, count, latest?.fields])).toEqual([
      [1, COUNT, { temp_C: expect.any(Number) }],
      [2, COUNT, { batt_V: 3.9401 }],
      [3, 1, { note: 'x\ny', level: 3 }],
      [4, 0, undefined],
    ]);
    expect(rows[0]!.latest!.timestamp).toBe(new Date(END).toISOString());
  });
});

describe('thermowell show', () => {
  it('shows points as a table, in local time, with gaps', async () => {
    const { code, stdout, stderr } = await run('show', '1', '--from', String(END - (COUNT - 1) * 60_000));
    expect([code, stderr]).toEqual([0, '']);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(COUNT + 1);
    expect(lines[0]).toMatch(/^time \(Europe\/Berlin\) +temp \(°C\)$/);
    const first = new Date(END - (COUNT - 1) * 60_000).toLocaleString('sv-SE', { timeZone: 'Europe/Berlin' });
    expect(lines[1]).toBe(`${first.padStart(20)}${'20'.padStart(11)}`);
    expect(lines[2]).toMatch(/ –$/);
  });

  it('--json has what the collector answers', async () => {
    const points = JSON.parse((await run('show', '1', '--json')).stdout) as PointShape[];
    expect(points).toHaveLength(COUNT);
    expect(points).toEqual(await (await fetch(`${collector.url}/series/1`)).json());
  });

  it('--csv is a line of names and a line per point', async () => {
    const lines = (await run('show', '2', '--csv')).stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(COUNT + 1);
    expect(lines[0]).toBe('timestamp,batt_V');
    expect(lines.at(-1)).toBe(`${new Date(END).toISOString()},3.9401`);
  });

  it('--limit gives the newest, newest first', async () => {
    const points = JSON.parse((await run('show', '1', '--json', '--limit', '2')).stdout) as PointShape[];
    expect(points.map(({ timestamp }) => Date.parse(timestamp))).toEqual([END, END - 60_000]);
  });

  it('--from, --to, --last choose the window', async () => {
    expect(await countOf('--from', String(END - 5 * 60_000), '--to', String(END - 60_000))).toBe(5);
    expect(await countOf('--to', String(END), '--last', '10m')).toBe(11);
    const local = new Date(END).toLocaleString('sv-SE', { timeZone: 'Europe/Berlin' });
    expect(await countOf('--from', local, '--to', 'now')).toBe(1);
  });

  it.each(['show', 'plot', 'export'])('%s ends with 2 where the window ends before it begins', async (command) => {
    const { code, stdout, stderr } = await run(command, '1', '--from', '2026-11-23', '--to', '2026-11-22');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toBe('thermowell: --from is 2026-11-23 00:00:00, which is after --to, 2026-11-22 00:00:00\n');
  });

  it('--fields leaves the others out', async () => {
    expect(JSON.parse((await run('show', '3', '--json', '--fields', 'level')).stdout)).toMatchObject([
      { fields: { level: 3 } },
    ]);
  });

  it('--plot draws a chart with both axes, within 80 columns', async () => {
    const { code, stdout, stderr } = await run('show', '1', '--plot');
    expect([code, stderr]).toEqual([0, '']);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^temp \(°C\) {2}min 19 {2}mean [\d.]+ {2}max 21 {2}599 points {2}Europe\/Berlin$/);
    expect(lines).toHaveLength(19);
    expect(lines.at(-2)).toMatch(/^ +└[─┬]+$/);
    expect(lines.at(-1)).toMatch(/\d\d:00/);
    expect(stdout).toMatch(/[\u2801-\u28ff]{5}/);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('says so when there is nothing to show', async () => {
    for (const args of [['4'], ['4', '--plot'], ['1', '--to', '2020-01-01']]) {
      const { code, stdout, stderr } = await run('show', ...args);
      expect([args, code, stdout]).toEqual([args, 0, '']);
      expect(stderr).toMatch(/^No points from \d/);
    }
    expect((await run('show', '4', '--json')).stdout).toBe('[]\n');
  });

  it('ends with 5 for a series that is not there', async () => {
    for (const how of ['--json', '--csv', '--plot', '--limit=1']) {
      const { code, stdout, stderr } = await run('show', '99', how);
      expect([code, stdout]).toEqual([5, '']);
      expect(stderr).toContain("Series 99 doesn't exist");
    }
  });

  it('ends quietly when its reader goes away', async () => {
    await collector.upload(9000, END - 7 * 86_400_000, { device_id: 'old', log: 'b' });
    const child = start(['show', '5', '--json', '--last', '30d', '--url', collector.url]);
    let said = '';
    child.stderr!.on('data', (text) => (said += String(text)));
    child.stdout!.once('data', () => child.stdout!.destroy());
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect([code, said]).toEqual([0, '']);
  });
});

describe('thermowell devices', () => {
  it('shows the ledger', async () => {
    await collector.upload(3, END, { device_id: 'shed', device_desc: '', log: 'a', first: 7 });
    await collector.upload(3, END, { device_id: 'shed', device_desc: '', log: 'a', first: 12 });
    const { code, stdout } = await run('devices');
    expect(code).toBe(0);
    const [head, ...rows] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.trim().split(/ {2,}/));
    expect(head).toEqual([
      'device',
      'seen',
      'sensors',
      'log',
      'next',
      'before',
      'stored',
      'lost',
      'quarantined',
      'duplicates',
      'late',
    ]);
    expect(rows.find(([device]) => device === 'shed')!.slice(2)).toEqual([
      '2',
      'a',
      '15',
      '7',
      '6',
      '2',
      '0',
      '0',
      expect.any(String),
    ]);
    const devices = JSON.parse((await run('devices', '--json')).stdout) as DeviceShape[];
    expect(devices.find(({ device_id }) => device_id === 'shed')!.ledger).toMatchObject([
      { log: 'a', next: 15, lost: 2 },
    ]);
  });
});

describe('an empty collector', () => {
  it('is told as such, on stderr', async () => {
    const empty = await TestCollector.open();
    for (const [command, json] of [
      ['list', '[]\n'],
      ['devices', '[]\n'],
    ] as const) {
      const { code, stdout, stderr } = await thermowell([command, '--url', empty.url]);
      expect([code, stdout]).toEqual([0, '']);
      expect(stderr).toMatch(/^No /);
      expect((await thermowell([command, '--json', '--url', empty.url])).stdout).toBe(json);
    }
    await empty.close();
  });
});

describe('a private collector', () => {
  it('wants a token, by flag or environment, and ends with 4 without the right one', async () => {
    const closed = await TestCollector.open({ private: true });
    const list = ['list', '--json', '--url', closed.url];
    for (const args of [[], ['--token', 'wrong']]) {
      const { code, stderr } = await thermowell([...list, ...args]);
      expect(code).toBe(4);
      expect(stderr).toContain('THERMOWELL_TOKEN');
    }
    expect((await thermowell([...list, '--token', TOKEN])).stdout).toBe('[]\n');
    expect((await thermowell(list, { env: { THERMOWELL_TOKEN: TOKEN } })).stdout).toBe('[]\n');
    await closed.close();
  });
});
