/** What clients may make the collector hold in memory, all of them together. */
import { expect, onTestFinished, test } from 'vitest';
import { Followers, type Follower } from '../http/followers.js';
import { NOW, start } from './running.js';
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

test('uploads beyond 64 of the largest size are to come again later; small ones go through', async () => {
  const collector = await start();
  const id = await collector.series();
  const point = (n: number) =>
    collector.put('/point/new', { token: 'robin', series_id: id, timestamp: NOW + n, fields: { n } });
  const wires = Array.from({ length: 64 }, () => new Wire(collector.url));
  onTestFinished(() => wires.forEach(({ socket }) => socket.destroy()));
  const head = `PUT /batch/new HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${MIB}\r\n`;
  for (const wire of wires) await wire.send(`${head}Expect: 100-continue\r\n\r\n`);
  for (const wire of wires) await wire.until('100 Continue');
  const late = new Wire(collector.url);
  await late.send(`${head}Connection: close\r\n\r\n`);
  expect(await late.toTheEnd()).toMatch(/^HTTP\/1.1 503 [^]*retry-after: \d+[^]*"code":"busy"/i);
  expect((await point(1)).status).toBe(201);
  wires.pop()!.socket.destroy();
  const again = async (): Promise<string> => {
    const wire = new Wire(collector.url);
    wires.push(wire);
    await wire.send(`${head}Expect: 100-continue\r\n\r\n`);
    return wire.until('HTTP/1.1 ');
  };
  let answer = await again();
  while (answer.includes('503')) answer = await again();
  expect(answer).toContain('100 Continue');
});

test('firmware images count with what they may have', async () => {
  const collector = await start();
  const wires = Array.from({ length: 16 }, () => new Wire(collector.url));
  onTestFinished(() => wires.forEach(({ socket }) => socket.destroy()));
  const head = 'PUT /firmware/new HTTP/1.1\r\nHost: a\r\nContent-Type: application/octet-stream\r\n';
  // of half of them nobody knows how long they will be
  const lengths = [`Content-Length: ${4 * MIB}`, 'Transfer-Encoding: chunked'];
  for (const [i, wire] of wires.entries()) await wire.send(`${head}${lengths[i % 2]}\r\nExpect: 100-continue\r\n\r\n`);
  for (const wire of wires) await wire.until('100 Continue');
  const late = new Wire(collector.url);
  await late.send(`${head}Content-Length: ${MIB}\r\nConnection: close\r\n\r\n`);
  expect(await late.toTheEnd()).toMatch(/^HTTP\/1.1 503 /);
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
