import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page, Request } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ownPort } from '../port.js';
import { start, USERS } from '../running.js';
import { findBrowser, launch, visit } from './browser.js';
import { drawn, pixels } from './canvas.js';
import { faintTexts } from './contrast.js';
import { DEVICE, greenhouse, HOUR, mild, MINUTE, pointAt, PROBE, tile } from './greenhouse.js';
import { proxied } from './proxy.js';
import { upload } from './readings.js';

const path = findBrowser();

/** The age of what was uploaded before the page was opened, however long that took. */
const RECENT = /^(just now|\d+ (s|min) ago)$/;
const FAULT = /^probe fault, (just now|\d+ (s|min) ago)$/;

describe.skipIf(path === null)("the page's overview", () => {
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
      // the trend comes with the day's readings, a moment after the value
      await expect.poll(() => probe.locator('.tile-reading').textContent()).toBe('21.5°C↑, rising fast');
      await expect.poll(() => probe.locator('.tile-age').textContent()).toMatch(RECENT);
      await expect.poll(() => tile(page, 'battery').locator('.tile-reading').textContent()).toBe('3.91V');
      await expect
        .poll(() => page.locator('.device-account').textContent())
        .toMatch(/^100\s% of 600 readings this week; none lost$/);
      await page.locator('#connection', { hasText: 'Live' }).waitFor();
    });
  });

  test('shows a point as it arrives, and a device that is new', async () => {
    const collector = await greenhouse();
    await visit(browser, collector.url, async (page) => {
      await drawn(page);
      await page.evaluate(() => document.body.setAttribute('data-first', ''));
      await upload(collector, { ...DEVICE, first: 600, readings: 1, value: () => 33.25 });
      const answered = performance.now();
      await tile(page, PROBE).locator('.tile-number', { hasText: '33.3' }).waitFor();
      process.stderr.write(
        `A live value is on the page ${Math.round(performance.now() - answered)} ms after its upload\n`,
      );
      await page.locator('.legend-item', { hasText: 'to 33.3' }).waitFor();
      await page.getByText('601 readings this week; none lost').waitFor();
      await upload(collector, { ...DEVICE, device_id: 'cellar', device_desc: 'Cellar', readings: 3, value: () => 9 });
      await page.getByRole('heading', { name: 'Cellar' }).waitFor();
      await expect.poll(() => page.locator('body[data-first]').count()).toBe(1);
    });
  });

  test('goes on asking where an answer takes longer than it waits to ask again', async () => {
    const collector = await greenhouse();
    await visit(browser, collector.url, async (page) => {
      let release!: () => void;
      const held = new Promise<void>((resolve) => (release = resolve));
      await page.route(`${collector.url}/series`, (route) => held.then(() => route.continue()), { times: 1 });
      await Promise.all([page.waitForRequest(`${collector.url}/series`), page.reload()]);
      // a reason to ask soon, and a timer that fires after the page's own
      await page.evaluate(() => {
        dispatchEvent(new Event('online'));
        return new Promise((resolve) => setTimeout(resolve, 400));
      });
      release();
      await tile(page, PROBE).waitFor();
      await upload(collector, { ...DEVICE, device_id: 'cellar', device_desc: 'Cellar', readings: 3, value: () => 9 });
      await page.getByRole('heading', { name: 'Cellar' }).waitFor();
    });
  });

  test('holds no connection while nobody sees it, and is up to date when somebody does', async () => {
    const collector = await greenhouse();
    await visit(browser, collector.url, async (page) => {
      await page.locator('#connection', { hasText: 'Live' }).waitFor();
      const turn = (hidden: boolean): Promise<void> =>
        page.evaluate((value) => {
          Object.defineProperty(document, 'hidden', { configurable: true, value });
          document.dispatchEvent(new Event('visibilitychange'));
        }, hidden);
      const isStream = (request: Request): boolean => request.url() === `${collector.url}/live`;
      await Promise.all([page.waitForEvent('requestfailed', isStream), turn(true)]);
      await upload(collector, { ...DEVICE, first: 600, readings: 1, value: () => 33.25 });
      await Promise.all([page.waitForRequest(isStream), turn(false)]);
      await tile(page, PROBE).locator('.tile-number', { hasText: '33.3' }).waitFor();
      await page.locator('#connection', { hasText: 'Live' }).waitFor();
      await upload(collector, { ...DEVICE, first: 601, readings: 1, value: () => 34.25 });
      await tile(page, PROBE).locator('.tile-number', { hasText: '34.3' }).waitFor();
    });
  });

  test('shows a value that is too old to be current as such', async () => {
    const collector = await start({ now: Date.now });
    await upload(collector, { ...DEVICE, readings: 30, age: 5 * HOUR, value: () => 20 });
    await visit(browser, collector.url, async (page) => {
      await page.locator('.tile.stale').first().waitFor();
      await expect.poll(() => tile(page, PROBE).locator('.tile-age').textContent()).toBe('stale, 5 h ago');
    });
  });

  test('is patient with a device on batteries, whose uploads bring an hour at once', async () => {
    const collector = await start({ now: Date.now });
    const hour = { ...DEVICE, readings: 60, value: () => 20 };
    for (let i = 0; i < 3; i++) await upload(collector, { ...hour, first: 60 * i, age: 50 * MINUTE + (2 - i) * HOUR });
    await visit(browser, collector.url, async (page) => {
      await tile(page, PROBE)
        .getByText(/^5\d min ago$/)
        .waitFor();
      expect(await page.locator('.tile.stale').count()).toBe(0);
    });
  });

  test('tells a newcomer what to do, and fills by itself', async () => {
    const collector = await start({ now: Date.now });
    await visit(browser, collector.url, async (page) => {
      await page.getByRole('heading', { name: 'needs a first reading' }).waitFor();
      await expect.poll(() => page.locator('#empty').textContent()).toContain(`${collector.url}/point/new`);
      expect(await page.evaluate(faintTexts)).toEqual([]);
      await upload(collector, { ...DEVICE, readings: 3, value: () => 20 });
      await tile(page, PROBE).waitFor();
      await expect.poll(() => page.locator('#empty').isVisible()).toBe(false);
    });
  });

  test('says that the collector is away, and comes back by itself', async () => {
    const port = await ownPort();
    const collector = await greenhouse(undefined, { port });
    await visit(
      browser,
      collector.url,
      async (page) => {
        await drawn(page);
        await collector.close();
        await page.locator('#away').waitFor();
        await expect.poll(() => page.locator('#connection').textContent()).toBe('No answer');
        const again = await start({ now: Date.now, folder: collector.folder, config: { port } });
        await page.locator('#away').waitFor({ state: 'hidden' });
        await page.locator('#connection', { hasText: 'Live' }).waitFor();
        await upload(again, { ...DEVICE, first: 600, readings: 1, value: () => -7.5 });
        await tile(page, PROBE).locator('.tile-number', { hasText: '-7.5' }).waitFor();
      },
      { outage: true },
    );
  });

  test('works at an address with the token in it, as a bookmark may have', async () => {
    const collector = await start({ now: Date.now, config: { private: true } });
    await collector.series();
    const address = new URL(collector.url);
    address.password = 'robin';
    await visit(browser, address.href, async (page) => {
      await page.getByText('Live', { exact: true }).waitFor();
      // once more, now that a worker keeps the shell
      await page.waitForFunction(() => navigator.serviceWorker.controller);
      await page.goto(address.href);
      await page.getByText('Live', { exact: true }).waitFor();
    });
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

  test('says when its token isn’t valid any more, and not that the collector is away', async () => {
    const collector = await start({ now: Date.now, config: { private: true } });
    await upload(collector, { ...DEVICE, readings: 1, value: () => 20 });
    const reader = {
      refused: true,

      httpCredentials: { username: '', password: 'robin' },
    };
    const look = async (page: Page): Promise<void> => {
      await tile(page, PROBE).waitFor();
      await page.getByText('1 device, 2 points').waitFor();
      await writeFile(join(collector.folder, 'users.json'), JSON.stringify({ ada: USERS['ada'] }));
      const asksAgain = async (): Promise<boolean> => {
        await page.evaluate(() => dispatchEvent(new Event('online')));
        return page.locator('#refused').isVisible();
      };
      await expect.poll(asksAgain).toBe(true);
      await expect.poll(() => page.locator('#connection').textContent()).toBe('Refused');
      expect(await page.locator('#away').isVisible()).toBe(false);
    };
    await visit(browser, collector.url, look, reader);
  });

  test('goes by the collector’s clock where the browser’s is off', async () => {
    const ahead = 3 * HOUR;
    const collector = await start({ now: () => Date.now() + ahead });
    await upload(collector, { ...DEVICE, readings: 600, age: -ahead, value: mild });
    await visit(browser, collector.url, async (page) => {
      await drawn(page);
      await expect.poll(() => tile(page, PROBE).locator('.tile-age').textContent()).toMatch(RECENT);
      await page.getByText(/seen (just now|\d+ (s|min) ago)/).waitFor();
      const legend = page.locator('.legend-value', { hasText: /^21\.\d\d\s°C$/ });
      const atTheEnd = async (): Promise<number> => {
        await pointAt(page, 0.997);
        return legend.count();
      };
      await expect.poll(atTheEnd).toBe(1);
    });
  });

  test('works behind a proxy that puts a prefix before its address', async () => {
    const collector = await greenhouse();
    await visit(browser, `${await proxied(collector, '/house')}/house/`, async (page) => {
      await drawn(page);
      await page.locator('#connection', { hasText: 'Live' }).waitFor();
      await expect.poll(() => pixels(page, '--tone-0')).toBeGreaterThan(200);
    });
  });

  test('says how a device is: signal, firmware, battery, what waits on it and what was lost', async () => {
    const collector = await start({ now: Date.now });
    await upload(collector, { ...DEVICE, readings: 60, age: 30 * MINUTE, value: tired });
    const status = { rssi: -74, version: '1.2.3', waiting: 1234 };
    await upload(collector, { ...DEVICE, first: 83, readings: 7, value: tired, status });
    await visit(browser, collector.url, async (page) => {
      const facts = page.locator('.device-facts');
      await facts.getByText('Signal fair, -74\u00a0dBm').waitFor();
      await facts.getByText('Firmware 1.2.3').waitFor();
      await facts.getByText('1,234 readings wait on the device').waitFor();
      await tile(page, 'battery')
        .getByText(/^low, (just now|\d+ (s|min) ago)$/)
        .waitFor();
      await page.getByText(/^74\.44\s% of 90 readings this week; 23 lost on \d+ \w+, buffer full$/).waitFor();
    });
  });

  test('says that a probe gives nothing, also when it never gave anything', async () => {
    const collector = await start({ now: Date.now });
    const dead = '28-00000000dead';
    const sensors = { ...DEVICE.sensors, [dead]: 'temp_C' };
    const value = (sensor: string, back: number): number | null =>
      sensor === dead || (sensor === PROBE && back < 5) ? null : 20;
    await upload(collector, { ...DEVICE, sensors, readings: 30, value });
    await visit(browser, collector.url, async (page) => {
      await tile(page, PROBE).getByText(FAULT).waitFor();
      await expect.poll(() => tile(page, PROBE).locator('.tile-number').textContent()).toBe('20.0');
      await tile(page, dead).getByText(FAULT).waitFor();
      await expect.poll(() => tile(page, dead).locator('.tile-number').textContent()).toBe('–');
    });
  });

  test('shows each field of a series, also where the newest point is without it or has text in it', async () => {
    const collector = await start({ now: Date.now });
    const made = await collector.put('/series/new', { token: 'robin', device_id: 'hut', device_desc: 'Hut' });
    for (const fields of [{ temp_C: 20 }, { temp_C: 'n/a' }, { hum_pct: 50 }])
      await collector.put('/point/new', { token: 'robin', series_id: made.body, fields });
    await visit(browser, collector.url, async (page) => {
      await tile(page, 'series 1 temperature').locator('.tile-number', { hasText: '20.0' }).waitFor();
      await tile(page, 'series 1 humidity').locator('.tile-number', { hasText: '50' }).waitFor();
    });
  });

  test('shows temperatures in the reader’s scale, and remembers it', async () => {
    const collector = await greenhouse();
    await visit(browser, collector.url, async (page) => {
      await drawn(page);
      await page.getByText('°F', { exact: true }).click();
      await tile(page, PROBE).getByText('70.7').waitFor();
      await page.locator('.legend-item', { hasText: /63\.\d to 77\.\d\s°F/ }).waitFor();
      await expect.poll(() => tile(page, 'battery').locator('.tile-reading').textContent()).toBe('3.91V');
      await page.reload();
      await tile(page, PROBE).getByText('70.7').waitFor();
      await expect.poll(() => page.getByRole('radio', { name: 'Fahrenheit' }).isChecked()).toBe(true);
    });
  });
});

/** A battery that is nearly empty. */
function tired(sensor: string): number {
  return sensor === PROBE ? 20 : 3.31;
}
