import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { svgChart, type NamedCurve } from '../svg-chart.js';
import { TestCollector, TOKEN } from './collector.js';
import { thermowell } from './thermowell.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const END = Math.floor(Date.now() / HOUR) * HOUR;
/** Ends now, up to an hour after END, and begins among the first readings, whatever the minute is. */
const WINDOW = ['--last', '9h'];

let collector: TestCollector;
let folder: string;
const run = (...args: string[]) => thermowell([...args, '--url', collector.url], { cwd: folder });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'thermowell-plot-'));
  collector = await TestCollector.open();
  await collector.upload(300, END - 5 * HOUR);
  // an outage of three hours, and a tag in a name
  await collector.upload(120, END, { first: 500, device_desc: '<fridge> & "co"' });
  await collector.put('series/new', { token: TOKEN, device_id: 'empty', device_desc: '' });
});
afterAll(async () => {
  await collector.close();
  await rm(folder, { recursive: true });
});

const FRAME = { from: 0, to: 100, width: 400, height: 200, zone: 'UTC' };

function curve(more: Partial<NamedCurve> = {}): NamedCurve {
  const mean = [1, 2, null, 3, 4];
  return { name: 'x', unit: '°C', time: [0, 10, 20, 30, 90], min: mean, max: mean, mean, gapMs: 30, ...more };
}

/** How many lines and bands are drawn. */
function drawn(svg: string): { lines: number; bands: number } {
  return { lines: svg.split('stroke-width="1.6"').length - 1, bands: svg.split('fill-opacity').length - 1 };
}

describe('svgChart()', () => {
  it('leaves a gap open where there is no value, and where nothing came for long', () => {
    expect(drawn(svgChart([curve()], FRAME))).toEqual({ lines: 3, bands: 0 });
    expect(drawn(svgChart([curve({ gapMs: 1000 })], FRAME))).toEqual({ lines: 2, bands: 0 });
  });

  it('shows a band where values go further than their mean', () => {
    expect(drawn(svgChart([curve({ max: [1, 9, null, 3, 4], gapMs: 1000 })], FRAME))).toEqual({ lines: 2, bands: 1 });
  });

  it('has an axis for each unit', () => {
    const svg = svgChart([curve(), curve({ unit: 'V' }), curve({ unit: 'V' })], FRAME);
    expect([svg.split('>°C</text>').length - 1, svg.split('>V</text>').length - 1]).toEqual([1, 1]);
  });

  it('draws a value that never changes, and none at all', () => {
    const flat = [5, 5, 5, 5, 5];
    expect(svgChart([curve({ min: flat, max: flat, mean: flat })], FRAME)).not.toContain('NaN');
    expect(svgChart([curve({ time: [], min: [], max: [], mean: [] })], FRAME)).not.toContain('NaN');
  });
});

describe('thermowell plot', () => {
  it('draws several series into an SVG, with names, units, zone and the outage', async () => {
    const { code, stderr } = await run('plot', '1', '2', ...WINDOW, '--svg', 'x.svg', '--width', '1200');
    expect([code, stderr]).toEqual([0, 'The chart is in x.svg.\n']);
    const svg = await readFile(join(folder, 'x.svg'), 'utf8');
    for (const part of ['width="1200"', '&lt;fridge&gt; &amp; &quot;co&quot;, battery', '>°C<', '>V<', 'Europe/Berlin'])
      expect(svg).toContain(part);
    // two curves; each is broken by the outage, the first one by a gap as well
    expect(drawn(svg).lines).toBe(5);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('makes a PNG, twice as large in pixels', async () => {
    expect((await run('plot', '1', '--png', 'x.png', '--width', '300', '--height', '200')).code).toBe(0);
    const png = await readFile(join(folder, 'x.png'));
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([600, 400]);
  });

  it('writes to stdout, and what it draws as JSON', async () => {
    expect((await run('plot', '1', '--svg', '-')).stdout).toMatch(/^<svg [^]*<\/svg>\n$/);
    const { curves } = JSON.parse((await run('plot', '1', '2', '--json')).stdout) as { curves: NamedCurve[] };
    expect(curves.map(({ unit }) => unit)).toEqual(['°C', 'V']);
  });

  it('draws charts in the terminal one below the other', async () => {
    const { code, stdout } = await run('plot', '1', '2', ...WINDOW);
    expect(code).toBe(0);
    expect(stdout.match(/^(temp|batt) \(/gm)).toEqual(['temp (', 'batt (']);
  });

  it('makes no picture where there is nothing to draw', async () => {
    const { code, stderr } = await run('plot', '3', '--png', 'none.png');
    expect([code, stderr]).toEqual([0, expect.stringMatching(/^No points from/)]);
    expect((await readdir(folder)).filter((name) => name.startsWith('none'))).toEqual([]);
    expect((await run('plot', '9', '--svg', 'none.svg')).code).toBe(5);
  });
});
