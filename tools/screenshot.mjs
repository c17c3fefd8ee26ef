// The README's picture: `npm run demo` in one terminal, then, with Debian's Chromium or the one that CHROMIUM names,
//   node tools/screenshot.mjs http://localhost:8080/#range=week collector/page/screenshot.png
// and, since it is kept in git: pngquant --force --quality 85-100 --strip -o FILE FILE
import { chromium } from 'playwright-core';

const [address, path] = process.argv.slice(2);
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
const page = await browser.newPage({
  viewport: { width: 1200, height: 960 },
  locale: 'en-GB',
  timezoneId: 'Europe/Berlin',
});
await page.goto(address);
await page.locator('.plot[aria-busy="false"] canvas').waitFor();
await page.waitForTimeout(2000);
await page.screenshot({ path });
await browser.close();
