/** The small parts of the broker, by themselves. */
import { describe, expect, test } from 'vitest';
import { PacketLengths } from '../../mqtt/packet-limit.js';
import { Retained } from '../../mqtt/retained.js';
import { Sequence } from '../../mqtt/sequence.js';
import { Session } from '../../mqtt/session.js';
import { matches } from '../../mqtt/topic-filter.js';

describe('matches()', () => {
  test.each([
    ['a/b', 'a/b'],
    ['a/+', 'a/b'],
    ['+/+', '/b'],
    ['+', ''],
    ['a/#', 'a/b/c'],
    ['a/#', 'a'],
    ['#', 'a/b'],
    ['$SYS/#', '$SYS/x'],
  ])('%s takes %s', (filter, topic) => expect(matches(filter, topic)).toBe(true));

  test.each([
    ['a/b', 'a/b/c'],
    ['a/+', 'a'],
    ['a/+', 'a/b/c'],
    ['+', 'a/b'],
    ['a/#', 'ab'],
    ['#', '$SYS/x'],
    ['+/x', '$SYS/x'],
  ])('%s leaves %s', (filter, topic) => expect(matches(filter, topic)).toBe(false));
});

/** A packet with so many bytes after its fixed header. */
function packet(length: number): number[] {
  const header = [0x30];
  let rest = length;
  do {
    header.push((rest % 128) + (rest >= 128 ? 128 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return [...header, ...new Array<number>(length).fill(0xff)];
}

describe('PacketLengths', () => {
  test('follows packets of any length, in pieces of any size', () => {
    const bytes = Uint8Array.from([0, 1, 127, 128, 300].flatMap(packet));
    for (const size of [1, 2, 3, 7, 130, 100_000]) {
      const lengths = new PacketLengths();
      for (let at = 0; at < bytes.length; at += size)
        expect(lengths.take(bytes.subarray(at, at + size), 300)).toBe(true);
      expect(lengths.take(Uint8Array.from(packet(301)), 300)).toBe(false);
    }
  });

  test('allows 16 KiB to the first packet, and no length of five digits', () => {
    expect(new PacketLengths().take(Uint8Array.from(packet(16_385)), 1_000_000)).toBe(false);
    const lengths = new PacketLengths();
    expect(lengths.take(Uint8Array.from(packet(16_384)), 1_000_000)).toBe(true);
    expect(lengths.take(Uint8Array.from(packet(16_385)), 1_000_000)).toBe(true);
    expect(lengths.take(Uint8Array.from([0x30, 0x80, 0x80, 0x80, 0x80, 1]), 1_000_000)).toBe(false);
  });
});

test('Retained has room for 16 MiB and 10,000 topics; replacing and emptying give it back', () => {
  const retained = new Retained();
  for (let i = 0; i < 16; i++) expect(retained.make(`big/${i}`, 1_000_000)).toBe(true);
  expect(retained.make('one too many', 1_000_000)).toBe(false);
  expect(retained.make('big/0', 0)).toBe(true);
  expect(retained.make('one too many', 1_000_000)).toBe(true);
  const many = new Retained();
  for (let i = 0; i < 10_000; i++) expect(many.make(`t/${i}`, 1)).toBe(true);
  expect([many.make('t/10000', 1), many.make('t/1', 2), many.make('t/10001', 0)]).toEqual([false, true, true]);
});

test('Sequence.inOrder() begins all at once and ends them in order, failures too', async () => {
  const sequence = new Sequence();
  const ends: string[] = [];
  const releases: (() => void)[] = [];
  const work = (name: string, fails = false): Promise<void> => {
    const mine = sequence.inOrder(async () => {
      await new Promise<void>((resolve) => releases.push(resolve));
      if (fails) throw new Error(name);
    });
    return mine.then(
      () => void ends.push(name),
      (error: Error) => void ends.push(`${error.message} failed`),
    );
  };
  const all = [work('a'), work('b', true), work('c')];
  await Promise.resolve();
  for (const release of releases.reverse()) release();
  await Promise.all(all);
  expect(ends).toEqual(['a', 'b failed', 'c']);
});

test('Session.turn() lets a burst through at once; what comes too fast waits, and none overtakes another', async () => {
  // the clock stands while they come: however busy the machine is, they come at once
  let stands: number | null = performance.now();
  const session = new Session(null, () => stands ?? performance.now());
  const turns = Array.from({ length: 4100 }, () => session.turn());
  stands = null;
  expect(turns.slice(0, 4000).every((turn) => turn === null)).toBe(true);
  const waiting = turns.filter((turn) => turn !== null);
  expect(waiting).toHaveLength(100);
  const ends: number[] = [];
  await Promise.all(waiting.map(async (turn, i) => void (await turn.then(() => ends.push(i)))));
  expect(ends).toEqual(ends.map((_, i) => i));
  // all have had theirs: the next one need not wait behind anybody
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(session.turn()).toBeNull();
});
