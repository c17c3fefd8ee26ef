import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { enter, newLedger, place, type Run } from '../../store/ledger.js';
import type { Ledger } from '../../store/store.js';

const at = (next: number): Ledger => ({ ...newLedger('a', 0), next, stored: next });
const run = (first: number, oldest: number, length: number): Run => ({ first, oldest, length });
const take = (duplicates: number, taken: number, lost: number, next: number) =>
  ({ kind: 'take', duplicates, taken, lost, next }) as const;

// protocol.md §3 "Offsets", sentence by sentence
test.each([
  ['an unknown log expects oldest', undefined, run(5, 5, 2), take(0, 2, 0, 7)],
  ['an unknown log with older readings on the device', undefined, run(5, 3, 2), { kind: 'gap', next: 3 }],
  ['the run that is expected', at(5), run(5, 0, 2), take(0, 2, 0, 7)],
  ['readings below next are duplicates', at(5), run(3, 0, 2), take(2, 0, 0, 5)],
  ['a run far below next', at(50), run(3, 0, 2), take(2, 0, 0, 50)],
  ['a run across next', at(5), run(3, 0, 4), take(2, 2, 0, 7)],
  ['a gap that the device still has', at(5), run(8, 2, 1), { kind: 'gap', next: 5 }],
  ['a gap of which the device still has a part', at(5), run(8, 7, 1), { kind: 'gap', next: 7 }],
  ['a gap of which nothing is left', at(5), run(8, 8, 1), take(0, 1, 3, 9)],
  ['an empty run', at(5), run(5, 5, 0), take(0, 0, 0, 5)],
  ['an empty run below next', at(5), run(2, 2, 0), take(0, 0, 0, 5)],
  ['an empty run above next leaves it where it is', at(5), run(9, 9, 0), take(0, 0, 0, 5)],
])('%s', (_, ledger, upload, expected) => {
  expect(place(ledger, upload)).toEqual(expected);
});

test('next = before + stored + lost + quarantined, whatever comes; next never goes back; no reading is taken twice', () => {
  const upload = fc.record({
    first: fc.nat(40),
    behind: fc.nat(5),
    length: fc.nat(6),
    as: fc.constantFrom('stored' as const, 'quarantined' as const),
  });
  fc.assert(
    fc.property(fc.array(upload, { maxLength: 40 }), (uploads) => {
      let ledger: Ledger | undefined;
      const taken = new Set<number>();
      for (const { first, behind, length, as } of uploads) {
        const oldest = Math.max(0, first - behind);
        const placement = place(ledger, { first, oldest, length });
        const before = ledger?.next ?? oldest;
        expect(placement.next).toBeGreaterThanOrEqual(before);
        if (placement.kind === 'gap' || length === 0) continue;
        expect(placement.duplicates + placement.taken).toBe(length);
        ledger ??= newLedger('a', oldest);
        enter(ledger, placement, as, { late: 0, between: [10, 20] });
        for (let n = first + placement.duplicates; n < first + length; n++) {
          expect(taken.has(n)).toBe(false);
          taken.add(n);
        }
        expect(ledger.next).toBe(ledger.before + ledger.stored + ledger.lost + ledger.quarantined);
        expect(taken.size).toBe(ledger.stored + ledger.quarantined);
        expect((ledger.losses ?? []).reduce((all, { count }) => all + count, 0)).toBe(ledger.lost);
      }
    }),
    { numRuns: 1000 },
  );
});

test('a loss lies between the newest reading before it and the first one after; fifty of them are remembered', () => {
  const ledger = newLedger('a', 0);
  for (let n = 0; n < 60; n++)
    enter(ledger, take(0, 1, 2, 3 * n + 3), 'stored', { late: 0, between: [n === 59 ? 900 : n, 100 + n] });
  expect(ledger.lost).toBe(120);
  expect(ledger.losses).toHaveLength(50);
  expect(ledger.losses?.[0]).toEqual({ count: 2, from: 10, to: 110 });
  // a reading newer than what came after the loss, or none at all, says nothing about where it lies
  expect(ledger.losses?.at(-1)).toEqual({ count: 2, from: null, to: 159 });
});
