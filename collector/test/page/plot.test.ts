import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { start } from '../running.js';
import { findBrowser, launch, visit } from './browser.js';
import { CURVES, drawn, pixels, STRIP } from './canvas.js';
import { DEVICE, greenhouse, HOUR, MINUTE, pointAt, PROBE, spanIn, tile } from './greenhouse.js';
import { upload } from './readings.js';

const path = findBrowser();

describe.skipIf(path === null)("the page's chart", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch(path ?? '');
  });
  afterAll(() => browser.close());
  test('draws temperatures at first, and a battery on an axis of its own once it is chosen', async () => {
    const collector = await greenhouse();
    await visit(browser, collector.url, async (page) => {
      await drawn(page);
      await expect.poll(() => pixels(page, '--tone-0')).toBeGreaterThan(200);
      expect(await pixels(page, '--tone-1')).toBe(0);
      await tile(page, 'battery').click();
      await page.locator('.legend-item').nth(1).waitFor();
      await drawn(page);
      await expect.poll(() => pixels(page, '--tone-1')).toBeGreaterThan(200);
      expect(new URL(page.url()).hash).toBe('#range=day&show=1.temp_C,2.batt_V');
    });
  });

  test('leaves a gap where readings are missing', async () => {
    const collector = await start({ now: Date.now });
    await upload(collector, { ...DEVICE, readings: 600, value: holed });
    await visit(browser, `${collector.url}/#show=1.temp_C`, async (page) => {
      await drawn(page);
      const temperatures = await pixels(page, '--tone-0', CURVES);
      await tile(page, PROBE).click();
      await tile(page, 'battery').click();
      await page.locator('.legend-item', { hasText: 'battery' }).waitFor();
      await drawn(page);
      // both lines are level; the battery's has no hole
      expect(temperatures).toBeLessThan(0.8 * (await pixels(page, '--tone-1', CURVES)));
      expect(temperatures).toBeGreaterThan(100);
      expect(await pixels(page, '--tone-1', STRIP)).toBe(0);
    });
  });

  test('draws fields whose names a list of fields cannot hold, and what is beside them', async () => {
    const collector = await start({ now: Date.now });
    const token = 'robin';
    await collector.put('/series/new', { token, device_id: 'hut', device_desc: 'Hut' });
    for (let i = 60; i > 0; i--)
      for (const fields of [{ temp_C: 21.5 }, { '': 3 }, { 'hum, out': 47 }])
        await collector.put('/point/new', { token, series_id: 1, timestamp: Date.now() - i * 20 * MINUTE, fields });
    const show = ['1.temp_C', '1.', '1.hum%2C out'].map(encodeURIComponent).join();
    await visit(browser, `${collector.url}/#show=${show}`, async (page) => {
      const values = { temperature: '21.5', unnamed: '3.00', 'hum, out': '47.00' };
      for (const [name, value] of Object.entries(values)) {
        await tile(page, name).getByText(value, { exact: true }).first().waitFor();
        await page.getByRole('checkbox', { name: `series 1 ${name}`, checked: true }).waitFor();
        await page.locator('.legend-item', { hasText: name }).getByText(value).waitFor();
      }
      await drawn(page);
      for (const tone of ['--tone-0', '--tone-1', '--tone-2'])
        await expect.poll(() => pixels(page, tone)).toBeGreaterThan(200);
    });
  });

  test('never asks for more than two thousand points of a series', async () => {
    const collector = await greenhouse();
    await visit(browser, collector.url, async (page) => {
      const asked: URLSearchParams[] = [];
      page.on('request', (request) => {
        const { pathname, searchParams } = new URL(request.url());
        if (/^\/series\/\d+$/.test(pathname)) asked.push(searchParams);
      });
      for (const range of ['Week', 'Month', 'Year', 'All', 'Day']) {
        await page.getByRole('radio', { name: range }).click({ force: true });
        await page.waitForURL((url) => url.hash.includes(`range=${range.toLowerCase()}`));
        await drawn(page);
        await expect.poll(() => pixels(page, '--tone-0')).toBeGreaterThan(0);
      }
      expect(asked.length).toBeGreaterThan(4);
      for (const query of asked)
        expect(Number(query.get('buckets') ?? query.get('limit') ?? Infinity)).toBeLessThanOrEqual(2001);
    });
  });

  test('lets late readings fill in', async () => {
    const collector = await start({ now: Date.now });
    await upload(collector, { ...DEVICE, readings: 60, value: () => 20 });
    await visit(browser, collector.url, async (page) => {
      await drawn(page);
      const before = await pixels(page, '--tone-0');
      await upload(collector, { ...DEVICE, first: 60, readings: 600, age: 2 * HOUR, value: () => 20 });
      await expect.poll(() => pixels(page, '--tone-0')).toBeGreaterThan(3 * before);
      await expect.poll(() => tile(page, PROBE).locator('.tile-age').textContent()).not.toBe('2 h ago');
    });
  });

  test('zooms by dragging, goes back by double-click, and a link reproduces the view', async () => {
    const collector = await greenhouse();
    let link = '';
    await visit(browser, collector.url, async (page) => {
      await drawn(page);
      const { x, y, width, height } = (await page.locator('.u-over').boundingBox())!;
      await page.mouse.move(x + width * 0.7, y + height / 2);
      await page.mouse.down();
      await page.mouse.move(x + width * 0.9, y + height / 2, { steps: 5 });
      await page.mouse.up();
      await page.waitForURL((url) => url.hash.includes('from='));
      link = page.url();
      await page.locator('.u-over').dblclick();
      await page.waitForURL((url) => !url.hash.includes('from='));
    });
    const query = new URLSearchParams(new URL(link).hash.slice(1));
    const hours = (Date.parse(query.get('to')!) - Date.parse(query.get('from')!)) / HOUR;
    expect(hours).toBeGreaterThan(4);
    expect(hours).toBeLessThan(6);
    await visit(browser, `${link}&show=2.batt_V`, async (page) => {
      await drawn(page);
      expect(page.url()).toContain(query.get('from'));
      await expect.poll(() => page.locator('#plot').getAttribute('aria-label')).toContain('Greenhouse battery');
      await expect.poll(() => page.getByRole('checkbox', { name: PROBE }).isChecked()).toBe(false);
    });
  });

  test('takes a beginning and an end, and waits while a year is typed', async () => {
    const collector = await greenhouse();
    await visit(browser, collector.url, async (page) => {
      await drawn(page);
      await page.locator('#span').click();
      const from = page.getByLabel('From', { exact: true }).first();
      const given = await from.inputValue();
      await from.focus();
      // what a browser tells after the first digit
      await from.fill(`000${given.slice(0, 1)}${given.slice(4)}`);
      expect(await page.evaluate(() => document.activeElement?.id)).toBe('from');
      expect(spanIn(page.url())).toBeNull();
      await from.fill(`${Number(given.slice(0, 4)) - 1}${given.slice(4)}`);
      await page.waitForURL((url) => spanIn(url.href) !== null);
      await page.keyboard.press('Escape');
      await page.locator('.custom-fields').waitFor({ state: 'hidden' });
      await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('span');
    });
  });

  test('says how far the reader’s clock is from UTC, and that it is changed within the span', async () => {
    const collector = await greenhouse();
    const zone = async (span: string, said: string): Promise<void> =>
      visit(
        browser,
        `${collector.url}/#${span}`,
        async (page) => page.getByText(`Times in Europe/Berlin, ${said}`, { exact: true }).waitFor(),
        { timezoneId: 'Europe/Berlin' },
      );
    await zone('from=2025-10-25T18:00:00Z&to=2025-10-26T18:00:00Z', 'UTC+2 and UTC+1');
    await zone('from=2025-07-01T00:00:00Z&to=2025-07-02T00:00:00Z', 'UTC+2');
  });

  test('names what is under the cursor', async () => {
    const collector = await greenhouse();
    await visit(browser, collector.url, async (page) => {
      await drawn(page);
      const { x, y, width, height } = (await page.locator('.u-over').boundingBox())!;
      await page.mouse.move(x + width - 4, y + height / 2);
      await page.locator('.legend-value', { hasText: /^21\.\d\d\s°C$/ }).waitFor();
      await expect.poll(() => page.locator('#moment').textContent()).toMatch(/\d{4}/);
      await page.mouse.move(x + width * 0.05, y + height / 2);
      await page.locator('.legend-value', { hasText: 'no value' }).waitFor();
    });
  });

  test('zooms where the wheel turns, and moves by Shift-drag', async () => {
    const collector = await greenhouse();
    await visit(browser, collector.url, async (page) => {
      await drawn(page);
      const before = Date.now();
      const { x, y, width } = await pointAt(page, 0.75);
      await page.mouse.wheel(0, -600);
      await page.waitForURL((url) => spanIn(url.href) !== null);
      await drawn(page);
      const zoomed = spanIn(page.url())!;
      expect(zoomed.to - zoomed.from).toBeLessThan(12 * HOUR);
      // what was under the pointer still is
      const held = zoomed.from + 0.75 * (zoomed.to - zoomed.from);
      expect(Math.abs(held - (before - 6 * HOUR))).toBeLessThan(20 * MINUTE);
      await page.keyboard.down('Shift');
      await page.mouse.down();
      await page.mouse.move(x - width / 4, y, { steps: 4 });
      await page.mouse.up();
      await page.keyboard.up('Shift');
      await page.waitForURL((url) => (spanIn(url.href)?.from ?? 0) > zoomed.from);
      const moved = spanIn(page.url())!;
      expect(Math.abs((moved.from - zoomed.from) / (zoomed.to - zoomed.from) - 0.25)).toBeLessThan(0.02);
      expect(Math.abs(moved.to - moved.from - (zoomed.to - zoomed.from))).toBeLessThan(2);
    });
  });

  test('is moved by one finger and zoomed by two', async () => {
    const collector = await greenhouse();
    const touched = { hasTouch: true, viewport: { width: 390, height: 900 } };
    await visit(
      browser,
      collector.url,
      async (page) => {
        await drawn(page);
        await page.locator('#plot').scrollIntoViewIfNeeded();
        await drag(page, [[0.5, 0.75]]);
        await page.waitForURL((url) => spanIn(url.href) !== null);
        await drawn(page);
        const moved = spanIn(page.url())!;
        expect(Math.abs(Date.now() - moved.to - 6 * HOUR)).toBeLessThan(30 * MINUTE);
        await drag(page, [
          [0.4, 0.2],
          [0.6, 0.8],
        ]);
        await page.waitForURL((url) => (spanIn(url.href)?.to ?? 0) < moved.to);
        const zoomed = spanIn(page.url())!;
        expect(Math.abs((zoomed.to - zoomed.from) / HOUR - 8)).toBeLessThan(0.5);
      },
      touched,
    );
  });

  test('says why there is nothing: a probe’s fault, a device that was off, a full buffer', async () => {
    const collector = await start({ now: Date.now });
    // 24 hours from left to right: off at 0.2 to 0.4, lost at 0.6 to 0.7, fault at 0.875 to 0.96
    await upload(collector, { ...DEVICE, readings: 4 * 60, age: 19.2 * HOUR, value: () => 4 });
    await upload(collector, { ...DEVICE, first: 240, readings: 288, age: 9.6 * HOUR, value: () => 4 });
    await upload(collector, { ...DEVICE, first: 240 + 288 + 144, readings: 432, value: broken });
    await visit(browser, `${collector.url}/#show=1.temp_C`, async (page) => {
      await drawn(page);
      const reason = page.locator('.legend-extent');
      for (const [part, words] of [
        [0.3, /^no readings for 5 h: the device was off$/],
        [0.65, /^144 readings lost: the device’s buffer was full$/],
        [0.9, /^no value from the probe for 120 min$|^no value from the probe for 2 h$/],
      ] as const) {
        await pointAt(page, part);
        await reason.filter({ hasText: words }).waitFor();
        await expect.poll(() => page.locator('.legend-value').textContent()).toBe('no value');
      }
      await expect.poll(() => pixels(page, '--tone-0', STRIP)).toBeGreaterThan(100);
      // wider than is drawn reading by reading
      const ends = [Date.now() - 40 * HOUR, Date.now()].map((time) => new Date(time).toISOString());
      await page.goto(`${collector.url}/#show=1.temp_C&from=${ends[0]}&to=${ends[1]}`);
      const said = async (): Promise<string | null> => {
        await pointAt(page, 1 - 2 / 40);
        return reason.textContent();
      };
      await expect.poll(said).toMatch(/^no value from the probe for 11\d min$/);
    });
  });

  test('marks a time that the device had to guess', async () => {
    const collector = await start({ now: Date.now });
    await upload(collector, { ...DEVICE, readings: 600, value: mildly, estimated: true });
    await visit(browser, `${collector.url}/#show=1.temp_C`, async (page) => {
      await drawn(page);
      await pointAt(page, 0.9);
      await page.locator('.legend-extent', { hasText: 'time estimated' }).waitFor();
    });
  });

  test('compares with the same time a day before, also by a link', async () => {
    const collector = await start({ now: Date.now });
    await upload(collector, { ...DEVICE, readings: 3000, value: (_, back) => (back < 1440 ? 20 : 15) });
    await visit(browser, `${collector.url}/#show=1.temp_C`, async (page) => {
      await drawn(page);
      await page.getByLabel('Compare').selectOption('with a day before');
      await page.waitForURL((url) => url.hash.includes('compare=day'));
      await drawn(page);
      await pointAt(page, 0.5);
      await page.locator('.legend-extent', { hasText: 'before 15.00\u00a0°C, +5.00\u00a0°C since' }).waitFor();
      await page.reload();
      await drawn(page);
      await expect.poll(() => page.getByLabel('Compare').inputValue()).toBe('day');
    });
  });

  test('gives what it shows as a picture and as a table', async () => {
    const collector = await greenhouse('=Green, "house"');
    await visit(browser, `${collector.url}/#show=1.temp_C`, async (page) => {
      await drawn(page);
      const csv = await downloaded(page, 'CSV');
      const [head, ...rows] = csv.toString('utf8').trimEnd().split('\r\n');
      expect(head).toBe(`time,"'=Green, ""house"" ${PROBE} (°C)"`);
      expect(rows).toHaveLength(600);
      expect(rows.at(-1)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.?\d*[+-]\d\d:\d\d,21\.5$/);
      const png = await downloaded(page, 'PNG');
      expect(png.subarray(1, 4).toString()).toBe('PNG');
      const width = await page.locator('.plot canvas').evaluate((canvas: HTMLCanvasElement) => canvas.width);
      expect(png.readUInt32BE(16)).toBeGreaterThan(width);
      await page.getByRole('radio', { name: 'Year' }).click({ force: true });
      await drawn(page);
      expect((await downloaded(page, 'CSV')).toString('utf8')).toMatch(/mean".*lowest".*highest"\r\n/);
    });
  });
});

function mildly(): number {
  return 20;
}

async function downloaded(page: Page, name: 'PNG' | 'CSV'): Promise<Buffer> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: new RegExp(`^${name},`) }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(
    new RegExp(`^thermowell \\d{4}-\\d\\d-\\d\\d to .*\\.${name.toLowerCase()}$`),
  );
  return readFile(await download.path());
}

/** Fingers that are put on the plot, moved and lifted: each from one part of its width to another. */
async function drag(page: Page, fingers: [from: number, to: number][]): Promise<void> {
  const { x, y, width, height } = (await page.locator('.u-over').boundingBox())!;
  const client = await page.context().newCDPSession(page);
  const at = (progress: number) =>
    fingers.map(([from, to], id) => ({ id, x: x + width * (from + (to - from) * progress), y: y + height / 2 }));
  await client.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: at(0) });
  for (let step = 1; step <= 5; step++)
    await client.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: at(step / 5) });
  await client.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await client.detach();
}

/** Level, but the probe gave nothing for more than three hours. */
function holed(sensor: string, back: number): number | null {
  return sensor === PROBE && back > 200 && back < 400 ? null : 4;
}

/** Level, but the probe gave nothing for two hours, of which the last was an hour ago. */
function broken(sensor: string, back: number): number | null {
  return sensor === PROBE && back > 60 && back < 180 ? null : 4;
}
