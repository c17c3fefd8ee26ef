// The README's pictures, from simulated data: `npm run demo` in one terminal, then, with the address and the token that it
// shows and Debian's Chromium or the one that CHROMIUM names,
//   node tools/screenshot.mjs http://localhost:8080 TOKEN
// and, since they are kept in git: pngquant --force --quality 80-100 --strip --ext .png collector/page/screenshot*.png
import { chromium } from 'playwright-core';

const [address, token] = process.argv.slice(2);
const MINUTE = 60_000;
const DAY = 1440;

/** A fourth device, to which happened what can happen: a night without power, a loose wire, a buffer that overran. */
async function addGreenhouse() {
  const start = Date.now() - 7 * DAY * MINUTE;
  const value = (minute) => Math.round(16 * (14 + 6 * Math.sin((minute / DAY) * 2 * Math.PI - 2) - minute / 4000)) / 16;
  const loose = (minute) => minute > 4.6 * DAY && minute < 4.9 * DAY;
  const parts = [
    { first: 0, from: 0, to: 1.5 * DAY },
    { first: 1.5 * DAY, from: 2 * DAY, to: 3 * DAY },
    { first: 2.5 * DAY + 420, from: 3 * DAY + 420, to: 7 * DAY },
  ];
  for (const { first, from, to } of parts) {
    const minutes = Array.from({ length: Math.floor((to - from) / 5) }, (_, i) => from + 5 * i);
    const batch = {
      device_id: 'greenhouse',
      device_desc: 'simulated: greenhouse',
      log: 'a1b2c3d4',
      first: Math.round(first / 5),
      clock: 'unix',
      time: minutes.map((_, i) => (i === 0 ? Math.round(start + from * MINUTE) : 5 * MINUTE)),
      sensors: { roof: { temp_C: minutes.map((minute) => (loose(minute) ? null : value(minute))) } },
      status: { rssi: -71, version: '0.1.0', waiting: 12 },
    };
    const answer = await fetch(`${address}/batch/new`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(batch),
    });
    if (!answer.ok) throw new Error(`the greenhouse was refused: ${await answer.text()}`);
  }
}

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });

/** The series that the pictures show, by what the demo and the greenhouse call them. */
async function chosen() {
  const names = ['living room', 'outdoors', 'cellar', 'roof'];
  const series = Object.values(await (await fetch(`${address}/series`)).json());
  return names.map((name) => `${series.find(({ desc }) => desc === name).id}.temp_C`).join();
}

/** @param look what is done before the picture is taken */
async function take(name, options, look = async () => undefined) {
  const page = await browser.newPage({ locale: 'en-GB', timezoneId: 'Europe/Berlin', ...options });
  await page.goto(`${address}/#range=week&show=${await chosen()}`);
  await page.locator('.plot[aria-busy="false"] canvas').waitFor();
  await page.getByText('wait on the device').waitFor();
  await page.waitForTimeout(1500);
  await look(page);
  await page.waitForTimeout(300);
  await page.screenshot({ path: new URL(`../collector/page/${name}.png`, import.meta.url).pathname });
  await page.close();
}

/** The pointer rests where the buffer had overrun. */
async function pointAtLoss(page) {
  const { x, y, width, height } = await page.locator('.u-over').boundingBox();
  await page.mouse.move(x + (width * 3.15) / 7, y + height * 0.35);
}

await addGreenhouse();
await take('screenshot', { viewport: { width: 1440, height: 1160 } }, pointAtLoss);
await take('screenshot-dark', { viewport: { width: 1440, height: 1160 }, colorScheme: 'dark' }, pointAtLoss);
await take('screenshot-phone', { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 });
await browser.close();
