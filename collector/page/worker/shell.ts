/**
 * The page's shell without a network: its own files, each as it was when last seen, so that an installed page opens and says
 * that the collector doesn't answer. Nothing that the collector measures is ever kept here: an old value must not look new.
 */

const CACHE = 'thermowell-shell';

const worker = globalThis as unknown as ServiceWorkerGlobalScope;

/** A new version takes over at once: it serves the same files, only newer. */
worker.addEventListener('install', (event) => event.waitUntil(worker.skipWaiting()));
worker.addEventListener('activate', (event) => event.waitUntil(worker.clients.claim()));

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method === 'GET' && isShell(new URL(request.url))) event.respondWith(freshOrKept(request));
});

/**
 * `/` and `/page/…` of this collector, wherever a proxy puts it. An address with a token in it is left to the browser: it
 * lets no worker ask there, and takes the token from there for all else that the page asks.
 */
function isShell({ origin, password, pathname }: URL): boolean {
  const scope = new URL(worker.registration.scope);
  if (password !== '' || origin !== scope.origin || !pathname.startsWith(scope.pathname)) return false;
  const path = pathname.slice(scope.pathname.length);
  return path === '' || path.startsWith('page/');
}

async function freshOrKept(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  try {
    const answer = await fetch(request);
    if (answer.ok) await cache.put(request, answer.clone());
    return answer;
  } catch (error) {
    const kept = await cache.match(request, { ignoreSearch: true });
    if (kept === undefined) throw error;
    return kept;
  }
}
