import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { stepFor, wholeBuckets } from '../../page/data/resolution.js';

const span = fc
  .tuple(fc.integer({ min: 0, max: 1.8e12 }), fc.integer({ min: 10_000, max: 3e12 }))
  .map(([from, length]) => ({ from, to: from + length }));

test('no span is asked for in more buckets than a chart has pixels', () => {
  fc.assert(
    fc.property(span, (span) => {
      expect(wholeBuckets(span, stepFor(span)).buckets).toBeLessThanOrEqual(802);
    }),
  );
});

test('buckets cover the span and begin at multiples of their length, so that they stay when the span moves on', () => {
  fc.assert(
    fc.property(span, (asked) => {
      const step = stepFor(asked);
      const { span, buckets } = wholeBuckets(asked, step);
      expect(span.from % step).toBe(0);
      expect(span.to - span.from).toBe(buckets * step);
      expect(span.from).toBeLessThanOrEqual(asked.from);
      expect(span.to).toBeGreaterThan(asked.to);
    }),
  );
});
