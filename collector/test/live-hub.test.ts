import { expect, test } from 'vitest';
import { LiveHub } from '../http/live-hub.js';
import { JsonStore } from '../store/json-store.js';
import { temporaryFolder } from './running.js';

/** A store, and how many listen to it. */
class Watched extends JsonStore {
  listeners = 0;

  override subscribe(...args: Parameters<JsonStore['subscribe']>): () => void {
    const leave = super.subscribe(...args);
    this.listeners++;
    return () => {
      this.listeners--;
      leave();
    };
  }
}

async function opened(rememberMs?: number) {
  const store = new Watched(await temporaryFolder());
  await store.open();
  const hub = new LiveHub(store, rememberMs);
  const id = await store.createSeries({ device_id: 'a', device_desc: '', desc: null, user: 1, created: 0 });
  const add = async (time: number): Promise<number> =>
    (await store.addPoints(id, [{ time, fields: { temp_C: 1 } }], { once: true, received: time })).ids[0]!;
  const end = async () => {
    hub.close();
    await store.close();
  };
  return { store, hub, add, end };
}

test('a hub that nobody follows does not follow the store', async () => {
  const { store, hub, add, end } = await opened();
  expect(store.listeners).toBe(0);
  const leave = hub.subscribe(() => undefined);
  const also = hub.subscribe(() => undefined);
  expect(store.listeners).toBe(1);
  leave();
  also();
  const first = await add(1);
  await add(2);
  expect(hub.since(first, null)).toHaveLength(1);
  await end();
  expect(store.listeners).toBe(0);
});

test('what came is forgotten when nobody has followed for a while', async () => {
  const { store, hub, add, end } = await opened(1);
  const leave = hub.subscribe(() => undefined);
  const first = await add(1);
  expect(hub.since(first, null)).toEqual([]);
  leave();
  await expect.poll(() => store.listeners).toBe(0);
  expect(hub.since(first, null)).toBeNull();
  await end();
});

test('who follows again in time keeps what came', async () => {
  const { store, hub, add, end } = await opened(50);
  hub.subscribe(() => undefined)();
  const leave = hub.subscribe(() => undefined);
  const first = await add(1);
  await new Promise((resolve) => setTimeout(resolve, 100));
  await add(2);
  expect(hub.since(first, null)).toHaveLength(1);
  expect(store.listeners).toBe(1);
  leave();
  await end();
});
