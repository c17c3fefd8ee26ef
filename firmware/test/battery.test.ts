import { describe, expect, it } from 'vitest';
import { Battery } from '../sensors/battery.js';

function volts(read: () => number): unknown {
  const answers: unknown[] = [];
  const battery = new Battery({ read, fullScale_V: 4.4 });
  battery.sample((values) => answers.push(values));
  battery.close();
  expect(answers).toHaveLength(1);
  return answers[0];
}

function throws(): number {
  throw new Error('pin in use');
}

describe('Battery', () => {
  it('gives volts before the divider, in whole millivolts', () => {
    expect(volts(() => 612 / 1023)).toEqual({ battery: { batt_V: 2.632 } });
    expect(volts(() => 1)).toEqual({ battery: { batt_V: 4.4 } });
    expect(volts(() => 0)).toEqual({ battery: { batt_V: 0 } });
  });

  it('gives null for what no converter gives', () => {
    for (const read of [() => NaN, () => Infinity, () => -0.01, () => 1.01, throws])
      expect(volts(read)).toEqual({ battery: { batt_V: null } });
  });
});
