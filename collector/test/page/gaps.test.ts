import { describe, expect, test } from 'vitest';
import type { Loss } from '../../../firmware/protocol/rest.js';
import type { Curve } from '../../page/data/curve.js';
import { gapAt, gapInWords, gapsOf } from '../../page/plot/gaps.js';

const MINUTE = 60_000;
const NOW = 1000 * MINUTE;

/** A reading a minute but where `value` says undefined. @param value of a minute */
function minutes(from: number, to: number, value: (minute: number) => number | null | undefined): Curve {
  const all = Array.from({ length: to - from }, (_, i) => from + i).filter((minute) => value(minute) !== undefined);
  const curve: Curve = { time: [], value: [], band: null, guessed: new Set() };
  curve.time = all.map((minute) => minute * MINUTE);
  curve.value = all.map((minute) => value(minute) ?? null);
  return curve;
}

const between = (minute: number, from: number, to: number): boolean => minute > from && minute < to;

const circumstances = { span: { from: 0, to: NOW }, now: NOW, losses: [], newest: NOW, every: null };

describe('gapsOf() tells', () => {
  test('a probe’s fault by the readings that are there', () => {
    const curve = minutes(0, 1000, (m) => (between(m, 100, 160) ? null : 20));
    const [gap, ...others] = gapsOf(curve, circumstances);
    expect(others).toEqual([]);
    expect(gap).toEqual({ from: 100 * MINUTE, to: 160 * MINUTE, reason: 'fault', count: 59 });
    expect(gapInWords(gap!)).toBe('no value from the probe for 60 min');
  });

  test('a device that was off', () => {
    const curve = minutes(0, 1000, (m) => (between(m, 100, 400) ? undefined : 20));
    expect(gapsOf(curve, circumstances)).toEqual([
      { from: 100 * MINUTE, to: 400 * MINUTE, reason: 'off', count: null },
    ]);
  });

  test('what was lost by the ledger, all losses in one stretch together', () => {
    const curve = minutes(0, 1000, (m) => (between(m, 100, 400) ? undefined : 20));
    const losses = [
      { count: 7, from: 100 * MINUTE, to: 200 * MINUTE },
      { count: 5, from: null, to: 400 * MINUTE },
    ];
    const [gap] = gapsOf(curve, { ...circumstances, losses });
    expect(gapInWords(gap!)).toBe('12 readings lost: the device’s buffer was full');
  });

  test('a loss that is too short to be seen', () => {
    const loss = { count: 1, from: 500 * MINUTE, to: 501 * MINUTE };
    const gaps = gapsOf(
      minutes(0, 1000, () => 20),
      { ...circumstances, losses: [loss, { ...loss, to: -1, from: -9 }] },
    );
    expect(gaps).toEqual([{ from: loss.from, to: loss.to, reason: 'lost', count: 1 }]);
  });

  test('what was stored and went with its file, where it is gone', () => {
    const curve = minutes(0, 900, (minute) => (minute >= 100 && minute < 500 ? undefined : 20));
    const losses: Loss[] = [{ count: 400, from: 100 * MINUTE, to: 499 * MINUTE, why: 'damage' }];
    const gaps = gapsOf(curve, { ...circumstances, losses });
    const gap = gapAt(gaps, 300 * MINUTE)!;
    expect(gapInWords(gap)).toBe('400 readings lost: a stored file was damaged');
    // another probe of the device may be whole
    const whole = minutes(0, 900, () => 20);
    expect(gapsOf(whole, { ...circumstances, losses }).map(({ reason }) => reason)).not.toContain('damage');
  });

  test('what may still come from what never will', () => {
    const curve = minutes(0, 900, () => 20);
    const last = 899 * MINUTE;
    const [pending] = gapsOf(curve, { ...circumstances, newest: last });
    expect(pending).toEqual({ from: last, to: NOW, reason: 'pending', count: null });
    // there is more behind the span's end
    expect(gapsOf(curve, circumstances).map(({ reason }) => reason)).toEqual(['off']);
    // a device uploads only now and then
    expect(
      gapsOf(
        minutes(0, 975, () => 20),
        { ...circumstances, newest: 974 * MINUTE },
      ),
    ).toEqual([]);
    // and one on batteries brings hours at once
    expect(gapsOf(curve, { ...circumstances, newest: last, every: 60 * MINUTE })).toEqual([]);
  });

  test('in buckets a fault from the silence around it', () => {
    const step = 10 * MINUTE;
    const time = Array.from({ length: 100 }, (_, i) => i * step).filter((t) => t <= 300 * MINUTE || t >= 700 * MINUTE);
    const value = time.map((): number | null => 20);
    for (const t of [600 * MINUTE, 400 * MINUTE]) {
      time.splice(31, 0, t);
      value.splice(31, 0, null);
    }
    const gaps = gapsOf({ time, value, band: { min: value, max: value, step }, guessed: new Set() }, circumstances);
    const at = (minute: number) => gapAt(gaps, minute * MINUTE)?.reason;
    expect([350, 500, 650, 750].map(at)).toEqual(['off', 'fault', 'off', undefined]);
  });
});
