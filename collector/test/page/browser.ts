/** Debian's Chromium, or whatever `CHROMIUM` names, driven by playwright-core. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** Quiet: nothing but what the page asks for. */
const FLAGS = [
  '--no-sandbox',
  // in a container there is little of it
  '--disable-dev-shm-usage',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The browser's path; null where there is none, which in CI is an error. */
export function findBrowser(): string | null {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const named = process.env['CHROMIUM'];
  const candidates = [
    ...(named ? [named] : []),
    ...NAMES.flatMap((name) => folders.map((folder) => join(folder, name))),
  ];
  const found = candidates.find(isExecutable) ?? null;
  if (found !== null) return found;
  if (process.env['CI'] === 'true')
    throw new Error('CI needs a Chromium for the tests of the page: none is in the PATH');
  process.stderr.write('The page is not tested in a browser: no Chromium in the PATH, and CHROMIUM names none\n');
  return null;
}

export function launch(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: FLAGS, timeout: 120_000 });
}

export interface Visit extends BrowserContextOptions {
  /** the collector goes away during the visit, so requests may fail */
  outage?: boolean;
  /** the collector is to refuse something, which the browser's console tells as well */
  refused?: boolean;
}

/**
 * Opens an address in a browser profile of its own and looks on: the visit fails when the page throws, complains in its
 * console, asks another origin for anything, or violates its content security policy.
 */
export async function visit(
  browser: Browser,
  address: string,
  look: (page: Page) => Promise<void>,
  { outage = false, refused = false, ...options }: Visit = {},
): Promise<void> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB', ...options });
  const complaints: string[] = [];
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    page.on('pageerror', (error) => complaints.push(String(error.stack)));
    page.on('console', (message) => {
      const refusal = refused && /status (of )?40[013]/.test(message.text());
      const expected = refusal || (outage && /Failed to load resource|ERR_|Service ?Worker/.test(message.text()));
      if ((message.type() === 'error' || message.type() === 'warning') && !expected)
        complaints.push(`${message.text()} (${message.location().url})`);
    });
    page.on('request', (request) => {
      if (new URL(request.url()).origin !== new URL(address).origin) complaints.push(`asked for ${request.url()}`);
    });
    await page.addInitScript(() => {
      addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
        throw new Error(`CSP: ${violatedDirective} ${blockedURI}`);
      });
    });
    await page.goto(address);
    await look(page);
    if (complaints.length > 0) throw new Error(`the browser complains: ${complaints.join('\n')}`);
  } finally {
    await context.close();
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
