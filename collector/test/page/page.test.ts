import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { start } from '../running.js';
import type { Running } from '../running.js';
import { findBrowser, launch, visit } from './browser.js';
import { drawn, pixels } from './canvas.js';
import { faintTexts } from './contrast.js';
import { proxied } from './proxy.js';
import { upload } from './readings.js';

const HOUR = 3_600_000;
const PROBE = '28-0316a4f1b2ff';

const path = findBrowser();

describe.skipIf(path === null)('the page', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch(path ?? '');
  });
  afterAll(() => browser.close());

  test('shows every device with its newest values and its ledger, and descriptions as text', async () => {
    const collector = await greenhouse('<b>Green</b>house');
    await visit(browser, collector.url, async (page) => {
      await page.getByRole('heading', { name: '<b>Green</b>house' }).waitFor();
      const probe = tile(page, PROBE);
      expect(await probe.locator('.tile-reading').textContent()).toBe('21.5°C');
      expect(await probe.locator('.tile-age').textContent()).toBe('just now');
      expect(await tile(page, 'battery').locator('.tile-reading').textContent()).toBe('3.91V');
      expect(await page.locator('.device-account').textContent()).toBe('600 readings stored, none lost');
      await page.locator('#connection', { hasText: 'Live' }).waitFor();
    });
  });

  test('draws temperatures at first, and a battery on an axis of its own once it is chosen', async () => {
    const collector = await greenhouse();
    await visit(browser, collector.url, async (page) => {
      await drawn(page);
      expect(await pixels(page, '--tone-0')).toBeGreaterThan(200);
      expect(await pixels(page, '--tone-1')).toBe(0);
      await tile(page, 'battery').click();
      await page.locator('.legend-item').nth(1).waitFor();
      await drawn(page);
      expect(await pixels(page, '--tone-1')).toBeGreaterThan(200);
      expect(new URL(page.url()).hash).toBe('#range=day&show=1.temp_C,2.batt_V');
    });
  });

  test('leaves a gap where readings are missing', async () => {
    const collector = await start({ now: Date.now });
    await upload(collector, { ...DEVICE, readings: 600, value: holed });
    await visit(browser, `${collector.url}/#show=1.temp_C`, async (page) => {
      await drawn(page);
      const temperatures = await pixels(page, '--tone-0');
      await tile(page, PROBE).click();
      await tile(page, 'battery').click();
      await page.locator('.legend-item', { hasText: 'battery' }).waitFor();
      await drawn(page);
      // both lines are level; the battery's has no hole
      expect(temperatures).toBeLessThan(0.8 * (await pixels(page, '--tone-1')));
      expect(temperatures).toBeGreaterThan(100);
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
        expect(await pixels(page, '--tone-0')).toBeGreaterThan(0);
      }
      expect(asked.length).toBeGreaterThan(4);
      for (const query of asked)
        expect(Number(query.get('buckets') ?? query.get('limit') ?? Infinity)).toBeLessThanOrEqual(2001);
    });
  });

  test('shows a point as it arrives, and a device that is new', async () => {
    const collector = await greenhouse();
    await visit(browser, collector.url, async (page) => {
      await drawn(page);
      await page.evaluate(() => document.body.setAttribute('data-first', ''));
      await upload(collector, { ...DEVICE, first: 600, readings: 1, value: () => 33.25 });
      await tile(page, PROBE).locator('.tile-number', { hasText: '33.3' }).waitFor();
      await page.locator('.legend-item', { hasText: 'to 33.3' }).waitFor();
      await page.getByText('601 readings stored, none lost').waitFor({ timeout: 25_000 });
      await upload(collector, { ...DEVICE, device_id: 'cellar', device_desc: 'Cellar', readings: 3, value: () => 9 });
      await page.getByRole('heading', { name: 'Cellar' }).waitFor();
      expect(await page.locator('body[data-first]').count()).toBe(1);
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
      expect(await tile(page, PROBE).locator('.tile-age').textContent()).not.toBe('2 h ago');
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
      expect(await page.locator('#plot').getAttribute('aria-label')).toContain('Greenhouse battery');
      expect(await page.getByRole('checkbox', { name: PROBE }).isChecked()).toBe(false);
    });
  });

  test('names what is under the cursor', async () => {
    const collector = await greenhouse();
    await visit(browser, collector.url, async (page) => {
      await drawn(page);
      const { x, y, width, height } = (await page.locator('.u-over').boundingBox())!;
      await page.mouse.move(x + width - 4, y + height / 2);
      await page.locator('.legend-value', { hasText: /^21\.\d\d\s°C$/ }).waitFor();
      expect(await page.locator('#moment').textContent()).toMatch(/\d{4}/);
      await page.mouse.move(x + width * 0.05, y + height / 2);
      await page.locator('.legend-value', { hasText: 'no value' }).waitFor();
    });
  });

  test('can be used by keyboard', async () => {
    const collector = await greenhouse();
    await visit(browser, collector.url, async (page) => {
      await drawn(page);
      await page.keyboard.press('Tab');
      await page.keyboard.press('Space');
      await page.waitForURL((url) => url.hash === '#range=day&show=');
      await page.getByText('Choose a sensor').waitFor();
      await page.keyboard.press('Space');
      await page.locator('#plot').focus();
      await page.keyboard.press('+');
      await page.waitForURL((url) => url.hash.includes('from='));
      await page.keyboard.press('Escape');
      await page.waitForURL((url) => !url.hash.includes('from='));
      await page.getByRole('radio', { name: 'Day' }).focus();
      await page.keyboard.press('ArrowRight');
      await page.waitForURL((url) => url.hash.includes('range=week'));
    });
  });

  test('shows a value that is too old to be current as such', async () => {
    const collector = await start({ now: Date.now });
    await upload(collector, { ...DEVICE, readings: 30, age: 5 * HOUR, value: () => 20 });
    await visit(browser, collector.url, async (page) => {
      await page.locator('.tile.stale').first().waitFor();
      expect(await tile(page, PROBE).locator('.tile-age').textContent()).toBe('5 h ago');
    });
  });

  test.each([320, 390, 768, 1024, 1920])('fits a screen %d pixels wide', async (width) => {
    const collector = await greenhouse('A greenhouse with a name that is rather long for a telephone');
    await visit(
      browser,
      collector.url,
      async (page) => {
        await drawn(page);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
        expect((await page.locator('.plot canvas').boundingBox())?.width).toBeGreaterThan(200);
      },
      { viewport: { width, height: 740 } },
    );
  });

  test.each(['light', 'dark'] as const)('can be read in %s', async (colorScheme) => {
    const collector = await greenhouse();
    await upload(collector, {
      ...DEVICE,
      device_id: 'old',
      device_desc: 'Old',
      readings: 9,
      age: 5 * HOUR,
      value: () => 1,
    });
    await visit(
      browser,
      collector.url,
      async (page) => {
        await page.locator('.tile.stale').first().waitFor();
        await drawn(page);
        expect(await page.evaluate(faintTexts)).toEqual([]);
        const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
        const dark = Number(/\d+/.exec(ground)?.[0]) < 128;
        expect(dark).toBe(colorScheme === 'dark');
        // the chart follows when the reader's evening begins
        await page.emulateMedia({ colorScheme: dark ? 'light' : 'dark' });
        await expect.poll(() => pixels(page, '--tone-0')).toBeGreaterThan(200);
      },
      { colorScheme },
    );
  });

  test('tells a newcomer what to do, and fills by itself', async () => {
    const collector = await start({ now: Date.now });
    await visit(browser, collector.url, async (page) => {
      await page.getByRole('heading', { name: 'needs a first reading' }).waitFor();
      expect(await page.locator('#empty').textContent()).toContain(`${collector.url}/point/new`);
      expect(await page.evaluate(faintTexts)).toEqual([]);
      await upload(collector, { ...DEVICE, readings: 3, value: () => 20 });
      await tile(page, PROBE).waitFor({ timeout: 25_000 });
      expect(await page.locator('#empty').isVisible()).toBe(false);
    });
  });

  test('says that the collector is away, and comes back by itself', async () => {
    const collector = await greenhouse();
    await visit(
      browser,
      collector.url,
      async (page) => {
        await drawn(page);
        await collector.close();
        await page.locator('#away').waitFor();
        expect(await page.locator('#connection').textContent()).toBe('No answer');
        const port = Number(new URL(collector.url).port);
        const again = await start({ now: Date.now, folder: collector.folder, config: { port } });
        await page.locator('#away').waitFor({ state: 'hidden' });
        await page.locator('#connection', { hasText: 'Live' }).waitFor();
        await upload(again, { ...DEVICE, first: 600, readings: 1, value: () => -7.5 });
        await tile(page, PROBE).locator('.tile-number', { hasText: '-7.5' }).waitFor();
      },
      { outage: true },
    );
  });

  test('works on a private collector, where the browser asks for a token', async () => {
    const collector = await start({ now: Date.now, config: { private: true } });
    await upload(collector, { ...DEVICE, readings: 3, value: () => 20 });
    await visit(
      browser,
      collector.url,
      async (page) => {
        await tile(page, PROBE).waitFor();
        await page.locator('#connection', { hasText: 'Live' }).waitFor();
      },
      { httpCredentials: { username: '', password: 'robin' } },
    );
  });

  test('works behind a proxy that puts a prefix before its address', async () => {
    const collector = await greenhouse();
    await visit(browser, `${await proxied(collector, '/house')}/house/`, async (page) => {
      await drawn(page);
      await page.locator('#connection', { hasText: 'Live' }).waitFor();
      expect(await pixels(page, '--tone-0')).toBeGreaterThan(200);
    });
  });
});

const DEVICE = {
  device_id: '24:6f:28:aa:bb:cc',
  device_desc: 'Greenhouse',
  sensors: { [PROBE]: 'temp_C', battery: 'batt_V' },
};

/** A curve that ends at 21.5 °C, and a battery at 3.91 V. */
function mild(sensor: string, back: number): number {
  return sensor === PROBE ? 21.5 - 4 * Math.sin(back / 90) : 3.91 + back / 10_000;
}

/** Level, but the probe gave nothing for more than three hours. */
function holed(sensor: string, back: number): number | null {
  return sensor === PROBE && back > 200 && back < 400 ? null : 4;
}

/** A collector with one device: ten hours of mild readings. */
async function greenhouse(device_desc = DEVICE.device_desc): Promise<Running> {
  const collector = await start({ now: Date.now });
  await upload(collector, { ...DEVICE, device_desc, readings: 600, value: mild });
  return collector;
}

function tile(page: Page, label: string): ReturnType<Page['locator']> {
  return page.locator('.tile', { hasText: label }).first();
}
