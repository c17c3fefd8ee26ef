import { expect, test } from 'vitest';
import { decodeBatch } from '../protocol/batch.js';
import { Day, MINUTE, MORNING } from './day.js';

test('a day of readings, taken out of reach, arrives whole, in order and dated to the millisecond', () => {
  const day = new Day();
  day.open();
  day.sample(720);
  day.upload();
  day.sample(720);
  day.upload();
  const batches = day.bodies.map((body) => decodeBatch(JSON.parse(body)));
  const numbers = batches.flatMap(({ first, time }) => time.map((_, i) => first + i));
  // The first batch goes out before the device knows the time, and is dated by the collector.
  const times = batches.flatMap(({ clock, time }) => time.map((t) => (clock === 'uptime' ? MORNING + t : t)));
  expect(numbers.length).toBeGreaterThanOrEqual(1440);
  expect(numbers).toEqual(numbers.map((_, i) => i));
  expect(times).toEqual(numbers.map((i) => MORNING + i * MINUTE));
  expect(batches.map(({ clock }) => clock).filter((clock) => clock === 'uptime')).toHaveLength(1);
});
