import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Days, timeText } from '../http/point-text.js';

test('a time is written the same, whatever was written before it', () => {
  const time = fc.oneof(
    fc.integer({ min: 946_684_800_000, max: 4_102_444_800_000 }),
    fc.integer({ min: 1_763_700_000_000, max: 1_764_000_000_000 }),
    fc.constantFrom(0, -1, 86_399_999, 86_400_000, 1_763_769_599_999, 1_763_769_600_000),
  );
  fc.assert(
    fc.property(fc.array(time, { minLength: 1, maxLength: 20 }), (times) => {
      const days = new Days();
      expect(times.map((one) => days.timeText(one))).toEqual(times.map(timeText));
    }),
    { numRuns: 500 },
  );
});
