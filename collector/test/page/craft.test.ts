import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findBrowser, launch, visit } from './browser.js';
import { drawn, pixels } from './canvas.js';
import { faintTexts } from './contrast.js';
import { seriousFaults } from './axe.js';
import { change, DEVICE, greenhouse, HOUR, PROBE } from './greenhouse.js';
import { upload } from './readings.js';

const path = findBrowser();

describe.skipIf(path === null)("the page's craft", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch(path ?? '');
  });
  afterAll(() => browser.close());
  test('can be used by keyboard', async () => {
    const collector = await greenhouse();
    await visit(browser, collector.url, async (page) => {
      await drawn(page);
      // the scale, the device's and then the first series
      for (let i = 0; i < 3; i++) await page.keyboard.press('Tab');
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
        expect(await seriousFaults(page)).toEqual([]);
        const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
        const dark = Number(/\d+/.exec(ground)?.[0]) < 128;
        expect(dark).toBe(colorScheme === 'dark');
        await change(page, PROBE);
        for (const more of await page.locator('#series summary').all()) await more.click();
        expect(await seriousFaults(page)).toEqual([]);
        await page.keyboard.press('Escape');
        // the chart follows when the reader's evening begins
        await page.emulateMedia({ colorScheme: dark ? 'light' : 'dark' });
        await expect.poll(() => pixels(page, '--tone-0')).toBeGreaterThan(200);
      },
      { colorScheme },
    );
  });

  test('weighs less than 150 kB, all its files together and compressed', async () => {
    const collector = await greenhouse();
    await visit(browser, collector.url, async (page) => {
      await drawn(page);
      const asked = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
      const files = asked.map((url) => new URL(url).pathname).filter((path) => path.startsWith('/page/'));
      expect(files.length).toBeGreaterThan(40);
      const sizes = [...new Set(['/', '/page/worker/shell.js', '/page/manifest.webmanifest', ...files])].map(
        async (path) => gzipSync((await collector.get(path)).text).length,
      );
      expect((await Promise.all(sizes)).reduce((all, size) => all + size, 0)).toBeLessThan(150_000);
    });
  });

  test('can be installed, and opens without the collector', async () => {
    const collector = await greenhouse();
    await visit(
      browser,
      collector.url,
      async (page) => {
        await drawn(page);
        const manifest = await page.evaluate(async () => {
          const link = document.querySelector<HTMLLinkElement>('link[rel=manifest]')!;
          const { start_url, icons } = (await (await fetch(link.href)).json()) as {
            start_url: string;
            icons: { src: string }[];
          };
          const found = await Promise.all(icons.map(async ({ src }) => (await fetch(new URL(src, link.href))).status));
          return { start: new URL(start_url, link.href).href, found };
        });
        expect(manifest.start).toBe(`${collector.url}/`);
        expect(manifest.found).toEqual(manifest.found.map(() => 200));
        await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
        await expect.poll(() => kept(page)).toContain('/page/main.js');
        await collector.close();
        await page.reload();
        await page.locator('#away').waitFor();
        expect(await page.title()).toBe('Thermowell');
        // nothing that was measured is kept
        expect((await kept(page)).filter((path) => path !== '/' && !path.startsWith('/page/'))).toEqual([]);
      },
      { outage: true },
    );
  });

  test('lets nothing run that it has not brought along', async () => {
    const collector = await greenhouse();
    const inject = visit(browser, collector.url, async (page) => {
      await page.evaluate(() => {
        const script = document.createElement('script');
        script.textContent = 'document.title = "taken over"';
        document.body.append(script);
      });
      expect(await page.title()).toBe('Thermowell');
    });
    await expect(inject).rejects.toThrow('script-src');
  });
});

/** What the browser keeps of the shell. */
function kept(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const requests = await (await caches.open('thermowell-shell')).keys();
    return requests.map(({ url }) => new URL(url).pathname);
  });
}
