/** Lets the page open without a network, where the browser allows that: on localhost and behind TLS. */

/** A worker's own address says nothing: it serves the page that is above it (the header is in collector/http/page.ts). */
const WORKER = 'page/worker/shell.js';
/** The worker's (worker/shell.ts). */
const CACHE = 'thermowell-shell';

/** What a browser has asked for before the worker was there is asked for once more, so that all of the shell is kept. */
export async function keepShell(address: string): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  try {
    const first = navigator.serviceWorker.controller === null;
    await navigator.serviceWorker.register(new URL(WORKER, address), { scope: address });
    if (!first) return;
    const asked = performance.getEntriesByType('resource').map(({ name }) => name);
    const own = asked.filter((name) => name.startsWith(new URL('page/', address).href));
    await (await caches.open(CACHE)).addAll([...new Set([address, ...own])]);
  } catch {
    // The page works as well without: it only won't open while the collector is away.
  }
}
