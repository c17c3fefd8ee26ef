import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COMPARISONS } from '../../page/data/comparison.js';
import { PRESETS } from '../../page/data/range.js';
import { FIRST_VIEW, formatView, parseView } from '../../page/view-state.js';

const from = Date.UTC(2025, 10, 20);
const to = Date.UTC(2025, 10, 21);

describe('parseView()', () => {
  test('reads what formatView() writes', () => {
    const field = fc.string({ unit: 'grapheme' });
    const view = fc.record({
      show: fc.option(fc.array(fc.tuple(fc.nat(), field).map(([id, name]) => `${id}.${name}`))),
      range: fc.constantFrom(...PRESETS),
      compare: fc.option(fc.constantFrom(...COMPARISONS)),
      zoom: fc.option(fc.record({ from: fc.integer({ min: 1, max: from }), to: fc.constant(to) })),
    });
    fc.assert(
      fc.property(view, (view) => {
        expect(parseView(formatView(view))).toEqual(view);
      }),
    );
  });

  test('tells nothing chosen from no choice yet', () => {
    expect(parseView('#show=').show).toEqual([]);
    expect(parseView('#range=week').show).toBeNull();
  });

  test.each(['', '#', '#range=eon', '#from=yesterday&to=today', '#from=2025-11-21T00:00:00Z&to=2025-11-20T00:00:00Z'])(
    'takes "%s" as a bare address',
    (hash) => expect(parseView(hash)).toEqual(FIRST_VIEW),
  );
});
