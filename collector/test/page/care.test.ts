import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { start } from '../running.js';
import { findBrowser, launch, visit } from './browser.js';
import { drawn, pixels } from './canvas.js';
import { change, DEVICE, greenhouse, PROBE, tile } from './greenhouse.js';
import { upload } from './readings.js';

const path = findBrowser();

describe.skipIf(path === null)("the page's care", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch(path ?? '');
  });
  afterAll(() => browser.close());

  test('renames a series and a device, with a token that is asked for once', async () => {
    const collector = await greenhouse();
    await visit(
      browser,
      collector.url,
      async (page) => {
        await change(page, PROBE);
        await page.getByRole('textbox', { name: 'Name' }).fill('under the roof');
        await page.getByRole('button', { name: 'Save', exact: true }).click();
        const token = page.getByRole('dialog', { name: 'Changes need a token' });
        await token.getByLabel('Token').fill('wrong');
        await token.getByRole('button', { name: 'Continue' }).click();
        await token.getByText("Token wrong doesn't exist").waitFor();
        await token.getByLabel('Token').fill('robin');
        await page.keyboard.press('Enter');
        await tile(page, 'under the roof').waitFor();
        await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
        await change(page, 'Greenhouse');
        await page.getByRole('textbox', { name: 'Name' }).fill('Glasshouse');
        await page.keyboard.press('Enter');
        await page.getByRole('heading', { name: 'Glasshouse' }).waitFor();
        expect(await page.evaluate(() => [sessionStorage.length, JSON.stringify(localStorage)])).toEqual([1, '{}']);
      },
      { refused: true },
    );
    const { desc, device_desc } = (await collector.get('/series')).body[1];
    expect([desc, device_desc]).toEqual(['under the roof', 'Glasshouse']);
  });

  test('shows another unit, another colour and a calibration, and takes the calibration back', async () => {
    const collector = await greenhouse();
    await visit(browser, `${collector.url}/#show=1.temp_C`, async (page) => {
      await page.evaluate(() => sessionStorage.setItem('thermowell.token', 'robin'));
      await drawn(page);
      await change(page, PROBE);
      await page.getByLabel('Unit').fill('°F');
      await page.getByLabel('Colour', { exact: true }).fill('#aa00ff');
      await page.getByText('Calibration').click();
      await page.getByRole('spinbutton', { name: 'Offset' }).fill('-1.5');
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      await tile(page, PROBE).getByText('68.0').waitFor();
      await page.evaluate(() => document.documentElement.style.setProperty('--own', '#aa00ff'));
      await expect.poll(() => pixels(page, '--own')).toBeGreaterThan(200);
      await change(page, PROBE);
      await page.getByRole('button', { name: 'Remove -1.5 from the beginning' }).click();
      await page.getByLabel('Unit').fill('');
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      await tile(page, PROBE).getByText('21.5').waitFor();
    });
    const { unit, colour, calibration } = (await collector.get('/series')).body[1];
    expect([unit, colour, calibration ?? []]).toEqual([undefined, '#aa00ff', []]);
  });

  test('deletes a series, but only when that is confirmed', async () => {
    const collector = await greenhouse();
    await visit(browser, collector.url, async (page) => {
      await page.evaluate(() => sessionStorage.setItem('thermowell.token', 'robin'));
      await change(page, 'battery');
      await page.getByRole('button', { name: 'Delete…' }).click();
      const confirm = page.getByRole('dialog', { name: 'Delete this series?' });
      await confirm.getByText('battery and its 600 points will be gone for good.').waitFor();
      await confirm.getByRole('button', { name: 'Keep it' }).click();
      expect((await collector.get('/series')).body[2].count).toBe(600);
      await page.getByRole('button', { name: 'Delete…' }).click();
      await confirm.getByRole('button', { name: 'Delete for good' }).click();
      await tile(page, 'battery').waitFor({ state: 'detached' });
      await expect.poll(() => tile(page, PROBE).count()).toBe(1);
    });
    expect(Object.keys((await collector.get('/series')).body)).toEqual(['1']);
  });

  test('renames and deletes a series that has no value yet', async () => {
    const collector = await greenhouse();
    const { device_id, device_desc } = DEVICE;
    await collector.put('/series/new', { token: 'robin', device_id, device_desc, desc: 'attic' });
    await visit(browser, collector.url, async (page) => {
      await page.evaluate(() => sessionStorage.setItem('thermowell.token', 'robin'));
      await page.getByText('Nothing yet from attic').waitFor();
      await change(page, 'attic of');
      await page.getByRole('textbox', { name: 'Name' }).fill('loft');
      expect(
        await page
          .getByText(/^(Calibration|Alarms)$/)
          .filter({ visible: true })
          .count(),
      ).toBe(0);
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      await page.getByText('Nothing yet from loft').waitFor();
      await change(page, 'loft of');
      await page.getByRole('button', { name: 'Delete…' }).click();
      await page.getByText('loft and its 0 points will be gone for good.').waitFor();
      await page.getByRole('button', { name: 'Delete for good' }).click();
      await page.getByText('Nothing yet from loft').waitFor({ state: 'detached' });
      await change(page, PROBE);
      await page.getByText('Calibration', { exact: true }).waitFor();
    });
    const series = (await collector.get('/series')).body as Record<string, { desc: string }>;
    expect(Object.values(series).map(({ desc }) => desc)).not.toContain('loft');
  });

  test('sets an alarm, and shows when it goes off', async () => {
    const collector = await greenhouse();
    await visit(browser, collector.url, async (page) => {
      await page.evaluate(() => sessionStorage.setItem('thermowell.token', 'robin'));
      await change(page, PROBE);
      await page.getByText('Alarms').click();
      await page.getByLabel('Limit').fill('30');
      await page.getByRole('button', { name: 'Add alarm' }).click();
      await page.getByText('above 30.0 °C: quiet').waitFor();
      await page.getByRole('button', { name: 'Cancel' }).click();
      await upload(collector, { ...DEVICE, first: 600, readings: 1, value: () => 33 });
      await tile(page, PROBE).getByText('Alarm: above 30.0 °C since').waitFor();
      await page.locator('#alarms', { hasText: '1 alarm' }).waitFor();
      await change(page, PROBE);
      await page.getByRole('button', { name: 'Remove above 30.0 °C' }).click();
      await page.getByRole('button', { name: 'Cancel' }).click();
      await page.locator('#alarms').waitFor({ state: 'hidden' });
    });
  });

  test('saves an alarm that was filled in and not added, and names the field where it is another', async () => {
    const collector = await start({ now: Date.now });
    const made = await collector.put('/series/new', { token: 'robin', device_id: 'hut', device_desc: 'Hut' });
    const fields = { temp_C: 20, hum_pct: 50 };
    await collector.put('/point/new', { token: 'robin', series_id: made.body, fields });
    const humid = { token: 'robin', series_id: made.body, kind: 'above', field: 'hum_pct', limit: 60 };
    await collector.put('/alarms/new', humid);
    await visit(browser, collector.url, async (page) => {
      await page.evaluate(() => sessionStorage.setItem('thermowell.token', 'robin'));
      await change(page, 'series 1 temperature');
      await page.getByText('humidity above 60\u00a0%: quiet').waitFor();
      await page.getByLabel('Limit').fill('30');
      await page.keyboard.press('Enter');
      await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
    });
    const alarms = (await collector.get('/alarms')).body as { field: string; limit: number }[];
    expect(alarms.map(({ field, limit }) => [field, limit])).toEqual([
      ['hum_pct', 60],
      ['temp_C', 30],
    ]);
  });

  test('says in the dialog what the collector refuses', async () => {
    const collector = await greenhouse();
    await visit(
      browser,
      collector.url,
      async (page) => {
        await page.evaluate(() => sessionStorage.setItem('thermowell.token', 'robin'));
        await change(page, PROBE);
        await page.getByText('Calibration').click();
        await page.getByRole('spinbutton', { name: 'Offset' }).fill('5e7');
        await page.getByRole('button', { name: 'Save', exact: true }).click();
        await page.getByRole('alert').getByText('an offset must be a number within ±1000000').waitFor();
        await page.getByRole('button', { name: 'Cancel' }).click();
        await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
      },
      { refused: true },
    );
  });
});
