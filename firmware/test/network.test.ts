/** The Wi-Fi's state machine over a radio that reports as little, and as oddly, as the chips' do. */
import { beforeEach, expect, test } from 'vitest';
import { Network, type Link, type Radio } from '../network.js';
import { VirtualClock } from '../../tools/simulator/clock.js';

class FakeRadio implements Radio {
  link: Link = 'down';
  joins: number[] = [];
  leaves = 0;
  refuses = false;

  join(): void {
    this.joins.push(clock.now());
    if (this.refuses) throw new Error('already connecting');
    this.link = 'joining';
  }

  leave(): void {
    this.leaves++;
    this.link = 'down';
  }

  /** The link changes, and the radio says so. */
  becomes(link: Link): void {
    this.link = link;
    network.changed();
  }
}

let clock: VirtualClock;
let radio: FakeRadio;
let network: Network;
let told: string[];

beforeEach(() => {
  clock = new VirtualClock(0);
  radio = new FakeRadio();
  told = [];
  const [onUp, onDown] = [() => void told.push('up'), () => void told.push('down')];
  network = new Network({ radio, timers: clock, random: () => 1, onUp, onDown });
});

test('joins, and tells once that it is up', () => {
  network.open();
  for (const link of ['joining', 'joining', 'up', 'up'] as const) radio.becomes(link);
  expect(network.up).toBe(true);
  expect(told).toEqual(['up']);
});

test('joins again after a refusal, as an access point that is busy gives it: joining, down, up', async () => {
  network.open();
  radio.becomes('down');
  await clock.run(10_000);
  radio.becomes('up');
  expect(radio.joins).toEqual([0, 2000]);
  expect(told).toEqual(['up']);
});

test('waits longer after each failure, and never longer than five minutes', async () => {
  network.open();
  for (let minutes = 1; minutes <= 120; minutes++) {
    if (radio.link === 'joining') radio.becomes('down');
    await clock.run(minutes * 60_000);
  }
  const waits = radio.joins.map((time, i) => time - (radio.joins[i - 1] ?? 0));
  expect(waits.slice(0, 2)).toEqual([0, 2000]);
  expect(Math.max(...waits)).toBeLessThanOrEqual(300_000 + 60_000);
  expect(radio.joins.length).toBeGreaterThan(20);
});

test('leaves and tries again when joining takes too long', async () => {
  network.open();
  await clock.run(40_000);
  expect(radio.leaves).toBe(1);
  expect(radio.joins).toEqual([0, 32_000]);
});

test('tells when it goes down, and takes the first wait again after it was up', async () => {
  network.open();
  radio.becomes('up');
  await clock.run(1_000_000);
  radio.becomes('down');
  radio.becomes('down');
  await clock.run(1_010_000);
  expect(told).toEqual(['up', 'down']);
  expect(radio.joins).toEqual([0, 1_002_000]);
});

test('believes a radio that joins by itself', async () => {
  network.open();
  radio.becomes('down');
  radio.becomes('joining');
  radio.becomes('up');
  await clock.run(100_000);
  expect(radio.joins).toEqual([0]);
  expect(told).toEqual(['up']);
});

test('a join that throws is tried again', async () => {
  radio.refuses = true;
  network.open();
  await clock.run(1000);
  radio.refuses = false;
  await clock.run(10_000);
  // Soon: a device on batteries has its radio on for some seconds only.
  expect(radio.joins).toEqual([0, 2000]);
  radio.becomes('up');
  expect(told).toEqual(['up']);
});

test('a radio that refuses because it joins by itself is given its time', async () => {
  radio.refuses = true;
  radio.link = 'joining';
  network.open();
  await clock.run(20_000);
  radio.becomes('up');
  expect([radio.joins, radio.leaves, told]).toEqual([[0], 0, ['up']]);
});

test('leaves a network over which nothing was answered for an hour, and joins it anew', async () => {
  network.open();
  radio.becomes('up');
  const HOUR = 3_600_000;
  for (let n = 1; n <= 20; n++) {
    network.heard(n % 5 === 0);
    await clock.run((n * HOUR) / 5);
  }
  expect(radio.leaves).toBe(0);
  for (let n = 21; n <= 25; n++) {
    network.heard(false);
    await clock.run((n * HOUR) / 5);
  }
  await clock.run(5 * HOUR + 3000);
  expect([radio.leaves, radio.joins.length, told]).toEqual([1, 2, ['up', 'down']]);
});

test('a network without an answer is kept where nothing was asked', async () => {
  network.open();
  radio.becomes('up');
  network.heard(true);
  await clock.run(24 * 3_600_000);
  expect(radio.leaves).toBe(0);
});

test('close() leaves, tells, and tries no more', async () => {
  network.open();
  radio.becomes('up');
  network.close();
  network.close();
  radio.becomes('down');
  await clock.run(1_000_000);
  expect(told).toEqual(['up', 'down']);
  expect(radio.joins).toEqual([0]);
  expect(radio.leaves).toBe(1);
});
