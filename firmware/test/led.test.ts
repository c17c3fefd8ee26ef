import { expect, test } from 'vitest';
import { VirtualClock } from '../../tools/simulator/clock.js';
import { Led } from '../led.js';

test('blinks as often as it is told, shortly, and once at a time', async () => {
  const clock = new VirtualClock(0);
  const lit: [boolean, number][] = [];
  const led = new Led((on) => lit.push([on, clock.now()]), clock);
  led.blink(2);
  led.blink(3);
  await clock.run(1000);
  expect(lit).toEqual([
    [true, 0],
    [false, 15],
    [true, 215],
    [false, 230],
  ]);
  led.blink(1);
  await clock.run(2000);
  expect(lit.length).toBe(6);
});
