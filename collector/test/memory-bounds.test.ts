/** What clients may make the collector hold in memory, all of them together. */
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { LIMITS } from '../../firmware/protocol/limits.js';
import { Followers, type Follower } from '../http/followers.js';
import { UnderWay } from '../http/under-way.js';
import { NOW, start, type Running } from './running.js';
import { SlowDisk } from './store/slow-disk.js';
import { Wire } from './wire.js';

const MIB = 1024 * 1024;

class Slow implements Follower {
  waiting = 0;
  dropped = false;

  close(): void {
    this.drop();
  }

  drop(): void {
    this.waiting = 0;
    this.dropped = true;
  }
}

test('of many who follow too slowly the slowest goes, so that together they stay within a budget', () => {
  const followers = new Followers();
  const all = Array.from({ length: 200 }, () => new Slow());
  for (const one of all) followers.join(one);
  for (let round = 0; round < 400; round++)
    for (const [i, one] of all.entries()) {
      if (one.dropped) continue;
      one.waiting += 1024 * (1 + (i % 7));
      followers.weigh(one);
      expect(all.reduce((sum, { waiting }) => sum + waiting, 0)).toBeLessThanOrEqual(40 * MIB);
    }
  const left = all.filter(({ dropped }) => !dropped);
  expect(left.length).toBeGreaterThan(0);
  expect(left.length).toBeLessThan(200);
  // the quick ones stay
  expect(all.filter((_, i) => i % 7 === 0).every(({ dropped }) => !dropped)).toBe(true);
});

test('one who lets too much wait goes, though there is room for all', () => {
  const followers = new Followers();
  const [one, other] = [new Slow(), new Slow()];
  for (const follower of [one, other]) followers.join(follower);
  one.waiting = 9 * MIB;
  followers.weigh(one);
  expect([one.dropped, other.dropped]).toEqual([true, false]);
});

const KIB64 = 64 * 1024;
/** Bodies of 64 KiB at most, and so room for 4 MiB of them. */
const SMALLER = { limits: { ...LIMITS, bytes: KIB64 } };

function head(length: number, more = ''): string {
  return `PUT /batch/new HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n${more}\r\n`;
}

/** A batch of exactly so many bytes, of a device of its own. */
function bodyOf(device_id: string, length: number): string {
  const batch = {
    token: 'robin',
    device_id,
    log: 'a',
    first: 0,
    clock: 'unix',
    time: [NOW],
    sensors: { p: { t: [1] } },
  };
  const text = JSON.stringify(batch);
  return text + ' '.repeat(length - text.length);
}

function wiresTo(collector: Running, count: number, from?: string): Wire[] {
  const wires = Array.from({ length: count }, () => new Wire(collector.url, from));
  onTestFinished(() => wires.forEach(({ socket }) => socket.destroy()));
  return wires;
}

test('who announces much and sends nothing takes no room', async () => {
  const collector = await start({ config: SMALLER });
  const silent = wiresTo(collector, 200);
  for (const wire of silent) await wire.send(head(KIB64, 'Expect: 100-continue\r\n'));
  for (const wire of silent) await wire.until('100 Continue');
  const [device] = wiresTo(collector, 1);
  await device!.send(head(KIB64) + bodyOf('fridge', KIB64));
  expect(await device!.until('"next":1')).toContain('201 Created');
});

test('who floods from one address is in the way of nobody at another, however slow that one is', async () => {
  const collector = await start({ config: SMALLER });
  const [slow] = wiresTo(collector, 1);
  const body = bodyOf('fridge', KIB64);
  await slow!.send(head(KIB64) + body.slice(0, KIB64 / 2));
  const flood = wiresTo(collector, 100, '127.0.0.2');
  for (const wire of flood) await wire.send(head(KIB64) + body.slice(0, KIB64 - 1));
  await flood[0]!.toTheEnd();
  await slow!.send(body.slice(KIB64 / 2));
  expect(await slow!.until('"next":1')).toContain('201 Created');
});

test('while the disk keeps whole uploads waiting, those beyond the room are to come again; packed ones count as they are', async () => {
  const slow = new SlowDisk();
  const collector = await start({ config: SMALLER, disk: slow.disk });
  const id = await collector.series();
  slow.stop();
  const packed = Array.from({ length: 100 }, (_, i) =>
    collector.call('PUT', '/batch/new', {
      raw: gzipSync(bodyOf(`packed-${i}`, 1000)),
      headers: { 'content-encoding': 'gzip' },
    }),
  );
  const large = wiresTo(collector, 70, '127.0.0.2');
  for (const [i, wire] of large.entries()) await wire.send(head(KIB64) + bodyOf(`large-${i}`, KIB64));
  const refused = () => large.filter(({ received, socket }) => received !== '' || socket.destroyed).length;
  while (refused() < 70 - 64) await sleep(5);
  // small ones have room still
  const small = collector.put('/point/new', { token: 'robin', series_id: id, timestamp: NOW, fields: { n: 1 } });
  slow.goOn();
  expect((await small).status).toBe(201);
  expect((await Promise.all(packed)).map(({ status }) => status)).toEqual(Array.from(packed, () => 201));
  const answers = await Promise.all(large.map((wire) => wire.until('HTTP/1.1').catch(() => 'broken off')));
  const stored = answers.filter((answer) => answer.includes('201 Created')).length;
  expect(stored).toBeGreaterThan(50);
  for (const answer of answers.filter((answer) => answer.includes('503'))) expect(answer).toMatch(/retry-after: \d+/i);
});

test('what bodies unpack to counts, too', async () => {
  const underWay = new UnderWay(KIB64);
  const whole = Array.from({ length: 64 }, () => underWay.begin('a', () => undefined));
  for (const upload of whole) {
    underWay.grow(upload, 100);
    underWay.complete(upload);
  }
  let broken = 0;
  const coming = underWay.begin('b', () => broken++);
  underWay.grow(coming, 1000);
  for (const upload of whole.slice(1)) underWay.grow(upload, KIB64 - 100);
  expect(broken).toBe(0);
  underWay.grow(whole[0]!, KIB64 - 100);
  expect(broken).toBe(1);
  expect(() => underWay.grow(whole[0]!, 1)).toThrow('under way already');
  expect(() => underWay.begin('c', () => undefined)).toThrow('under way already');
  for (const upload of whole) underWay.leave(upload);
  // gone while it was being unpacked
  underWay.grow(whole[0]!, 65 * KIB64);
  underWay.begin('c', () => undefined);
});

test('256 follow at once, wherever they ask; the next one is to come again later', async () => {
  const collector = await start();
  const wires = Array.from({ length: 256 }, () => new Wire(collector.url));
  onTestFinished(() => wires.forEach(({ socket }) => socket.destroy()));
  for (const [i, wire] of wires.entries())
    await wire.send(`GET ${i % 2 === 0 ? '/live' : '/api/live'} HTTP/1.1\r\nHost: a\r\n\r\n`);
  for (const wire of wires) await wire.until('retry:');
  expect((await collector.get('/live')).status).toBe(503);
});
