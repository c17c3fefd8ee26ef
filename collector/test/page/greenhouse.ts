/** A collector with one device that has measured for ten hours, and where things are on its page. */
import type { Locator, Page } from 'playwright-core';
import type { Config } from '../../config.js';
import { start, type Running } from '../running.js';
import { upload, type Upload } from './readings.js';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const PROBE = '28-0316a4f1b2ff';

/** Sends a probe's temperature and a battery's voltage. */
export const DEVICE: Pick<Upload, 'device_id' | 'device_desc' | 'sensors'> = {
  device_id: '24:6f:28:aa:bb:cc',
  device_desc: 'Greenhouse',
  sensors: { [PROBE]: 'temp_C', battery: 'batt_V' },
};

/** A curve that ends at 21.5 °C, and a battery at 3.91 V. */
export function mild(sensor: string, back: number): number {
  return sensor === PROBE ? 21.5 - 4 * Math.sin(back / 90) : 3.91 + back / 10_000;
}

/** Ten hours of mild readings, one a minute, of which the last was just made. */
export async function greenhouse(device_desc = DEVICE.device_desc, config: Partial<Config> = {}): Promise<Running> {
  const collector = await start({ now: Date.now, config });
  await upload(collector, { ...DEVICE, device_desc, readings: 600, value: mild });
  return collector;
}

export function tile(page: Page, label: string): Locator {
  return page.locator('.tile', { hasText: label }).first();
}

/** Opens the dialog of a series or a device. */
export async function change(page: Page, label: string): Promise<void> {
  await page
    .getByRole('button', { name: `Change ${label}` })
    .first()
    .click();
}

/** Moves the mouse to a part of the plot's width, and says where that is. */
export async function pointAt(page: Page, part: number): Promise<{ x: number; y: number; width: number }> {
  const { x, y, width, height } = (await page.locator('.u-over').boundingBox())!;
  const at = { x: x + width * part, y: y + height / 2, width };
  await page.mouse.move(at.x, at.y);
  return at;
}

/** The span in the address, ms; null when the view ends now. */
export function spanIn(url: string): { from: number; to: number } | null {
  const query = new URLSearchParams(new URL(url).hash.slice(1));
  const [from, to] = [query.get('from'), query.get('to')];
  return from === null || to === null ? null : { from: Date.parse(from), to: Date.parse(to) };
}
