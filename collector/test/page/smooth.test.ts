/**
 * Many series with a long past. The default is a week of minutes; `SMOOTH_DAYS=365` is a year, and then the longest task in the
 * browser's main thread is held too, by the processor time that it took.
 */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { start, type Running } from '../running.js';
import { findBrowser, launch, visit } from './browser.js';
import { drawn, pixels } from './canvas.js';
import { MINUTE, pointAt } from './greenhouse.js';

const DAYS = Number(process.env['SMOOTH_DAYS'] ?? 7);
const HELD = process.env['SMOOTH_DAYS'] !== undefined;
const TASK_MAX_MS = 100;
const SENSORS = Array.from({ length: 20 }, (_, i) => `28-0000000000${(i + 10).toString(16)}`);
const BATCH = 1440;
const POINTS_MAX = 2001;

const path = findBrowser();

describe.skipIf(path === null)('twenty series', () => {
  test(
    `of ${DAYS * 1440} points each are asked for in parts, and leave the page at the reader's hand`,
    { timeout: 600_000 },
    async () => {
      const collector = await start({ now: Date.now });
      const first = Date.now() - DAYS * 1440 * MINUTE;
      for (let day = 0; day < DAYS; day++) await uploadDay(collector, first, day);
      const browser = await launch(path ?? '');
      try {
        const all = SENSORS.map((_, i) => `${i + 1}.temp_C`).join();
        await visit(browser, `${collector.url}/#range=year&show=${all}`, async (page) => {
          await browser.startTracing(page, { categories: ['toplevel', '__metadata'] });
          const asked = await use(page, collector, DAYS * BATCH);
          const longest = longestTasks(await browser.stopTracing());
          expect(asked.length).toBeGreaterThan(5 * SENSORS.length);
          for (const points of asked) expect(points).toBeLessThanOrEqual(POINTS_MAX);
          const tasks = longest.map(({ cpu, wall }) => `${cpu} (${wall})`).join(', ');
          process.stderr.write(`The page with 20 × ${DAYS * 1440} points, longest tasks, CPU ms (wall): ${tasks}\n`);
          if (HELD) expect(longest[0]!.cpu).toBeLessThan(TASK_MAX_MS);
        });
      } finally {
        await browser.close();
      }
    },
  );
});

/** Looks at all of it as a reader does; the answer is how many points of a series each request asked for. */
async function use(page: Page, collector: Running, next: number): Promise<number[]> {
  const asked: number[] = [];
  page.on('request', (request) => {
    const { pathname, searchParams } = new URL(request.url());
    if (/^\/series\/\d+$/.test(pathname))
      asked.push(Number(searchParams.get('buckets') ?? searchParams.get('limit') ?? Infinity));
  });
  await page
    .locator('.legend-item')
    .nth(SENSORS.length - 1)
    .waitFor();
  await drawn(page);
  for (const range of ['Week', 'Day', 'Month', 'All', 'Year']) {
    await page.getByRole('radio', { name: range }).click({ force: true });
    await page.waitForURL((url) => url.hash.includes(`range=${range.toLowerCase()}`));
    await drawn(page);
  }
  for (let i = 0; i < 40; i++) await pointAt(page, 0.3 + i / 60);
  for (let i = 0; i < 10; i++) await page.mouse.wheel(0, i < 5 ? -300 : 200);
  await page.waitForURL((url) => url.hash.includes('from='));
  await drawn(page);
  await page.locator('.u-over').dblclick();
  await page.getByRole('radio', { name: 'Day' }).click({ force: true });
  await drawn(page);
  await page.getByLabel('Compare').selectOption('with a week before');
  await drawn(page);
  for (let i = 0; i < 3; i++) await send(collector, next + i, [Date.now()]);
  await page
    .locator('.tile-age', { hasText: /^(just now|\d+ s ago)$/ })
    .nth(SENSORS.length - 1)
    .waitFor();
  await expect.poll(() => pixels(page, '--tone-0')).toBeGreaterThan(100);
  return asked;
}

function uploadDay(collector: Running, first: number, day: number): Promise<void> {
  const start = first + day * BATCH * MINUTE;
  return send(collector, day * BATCH, [start, ...Array.from({ length: BATCH - 1 }, () => MINUTE)]);
}

/** One device with all the probes. @param time as in a batch */
async function send(collector: Running, first: number, time: number[]): Promise<void> {
  const column = (sensor: number): number[] => time.map((_, i) => weather(first + i, sensor));
  const { status, text } = await collector.put('/batch/new', {
    token: 'robin',
    device_id: 'many',
    log: 'a1b2c3d4',
    first,
    clock: 'unix',
    time,
    sensors: Object.fromEntries(SENSORS.map((name, i) => [name, { temp_C: column(i) }])),
  });
  if (status !== 201) throw new Error(`the upload was answered with ${status}: ${text}`);
}

/** Summer and winter, day and night, a front every few days and some noise, in sixteenths. @param minute of the year */
function weather(minute: number, sensor: number): number {
  const year = 8 * Math.sin(minute / 83_651);
  const day = 3 * Math.sin(minute / 229.18 + sensor);
  const front = 3 * Math.sin(minute / (700 + 90 * sensor)) * Math.sin(minute / (1900 - 31 * sensor));
  const noise = (((minute * 7919 + sensor * 104_729) % 1009) / 1009 - 0.5) / 2;
  return Math.round(16 * (2 * sensor + year + day + front + noise)) / 16;
}

interface Event {
  name: string;
  pid: number;
  tid: number;
  dur?: number;
  /** of the thread's own time, µs */
  tdur?: number;
  args: { name?: string };
}

/** The longest tasks of the page's main thread, the longest first: of its own time, since other processes take theirs. */
function longestTasks(trace: Buffer): { cpu: number; wall: number }[] {
  const { traceEvents: events } = JSON.parse(trace.toString('utf8')) as { traceEvents: Event[] };
  const main = new Set(
    events
      .filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid} ${tid}`),
  );
  return events
    .filter(({ name, pid, tid }) => name.endsWith('RunTask') && main.has(`${pid} ${tid}`))
    .map(({ tdur = 0, dur = 0 }) => ({ cpu: Math.round(tdur / 1000), wall: Math.round(dur / 1000) }))
    .toSorted((a, b) => b.cpu - a.cpu)
    .slice(0, 8);
}
