import { describe, expect, it } from 'vitest';
import { plotLines, type Curve } from '../terminal-plot.js';
import { timeTicks, valueTicks } from '../ticks.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = new Date(2026, 10, 22, 12).getTime();
const FRAME = { from: START, to: START + 2 * HOUR, width: 40, height: 10 };

function curve(values: (number | null)[], stepMs: number): Curve {
  return { time: values.map((_, i) => START + i * stepMs), min: values, max: values };
}

function labels(from: Date, to: Date, most: number): string[] {
  return timeTicks(from.getTime(), to.getTime(), most).map(({ label }) => label);
}

/** The cells of the plot's rows that have a dot, as column numbers. */
function inked(lines: string[]): Set<number> {
  const ink = new Set<number>();
  for (const line of lines) for (const { index } of line.matchAll(/[\u2801-\u28ff]/g)) ink.add(index);
  return ink;
}

describe('plotLines()', () => {
  it('draws a rising curve from the lower left to the upper right, with both axes', () => {
    const lines = plotLines(curve([20, 20.5, 21, 21.5, 22], 30 * MINUTE), FRAME);
    expect(lines).toEqual([
      '22 ┤                                ⣀⠤⠒⠉',
      '   │                           ⢀⡠⠔⠊⠉',
      '   │                       ⣀⠤⠒⠉⠁',
      '   │                   ⣀⠤⠒⠉',
      '21 ┤             ⢀⣀⠤⠔⠊⠉',
      '   │        ⢀⣀⠤⠒⠊⠁',
      '   │    ⣀⡠⠔⠊⠁',
      '20 ┤⣀⠤⠒⠉',
      '   └┬─────────────────┬────────────────┬',
      '    12:00             13:00        14:00',
    ]);
  });

  it('draws no line across a null, nor across a silence', () => {
    const dense = Array.from({ length: 61 }, (_, i) => 20 + i / 60);
    const whole = inked(plotLines(curve(dense, 2 * MINUTE), FRAME));
    const withNulls = inked(
      plotLines(
        curve(
          dense.map((v, i) => (i > 20 && i < 40 ? null : v)),
          2 * MINUTE,
        ),
        FRAME,
      ),
    );
    const time = dense.map((_, i) => START + i * 2 * MINUTE);
    const kept = time.filter((_, i) => i <= 20 || i >= 40);
    const values = dense.filter((_, i) => i <= 20 || i >= 40);
    const withSilence = inked(plotLines({ time: kept, min: values, max: values }, FRAME));
    expect(withNulls.size).toBeLessThan(whole.size - 8);
    expect(withSilence).toEqual(withNulls);
  });

  it('shows what lay between the extremes of a bucket', () => {
    const lines = plotLines({ time: [START + HOUR], min: [20], max: [22] }, FRAME);
    expect(lines.slice(0, 8).filter((line) => inked([line]).size === 1)).toHaveLength(8);
  });

  it('gives a flat curve some height', () => {
    const lines = plotLines(curve([21.5, 21.5, 21.5], HOUR), FRAME);
    expect(inked([lines.find((line) => line.startsWith('21.5 ┤'))!]).size).toBe(34);
  });

  it('draws nothing when nothing was measured', () => {
    expect(plotLines(curve([null, null], HOUR), FRAME)).toEqual([]);
    expect(plotLines(curve([], HOUR), FRAME)).toEqual([]);
  });

  it.each([20, 30, 80, 200])('stays within %i columns', (width) => {
    const lines = plotLines(curve([-18.5, 21.0625, 100], HOUR), { ...FRAME, width });
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
  });
});

describe('valueTicks()', () => {
  it.each([
    [20, 22, 3, ['20', '21', '22']],
    [-18.3, -17.9, 4, ['-18.4', '-18.2', '-18.0', '-17.8']],
    [0, 85, 5, ['0', '50', '100']],
    [3.91, 3.93, 3, ['3.91', '3.92', '3.93']],
    [-3, 3, 4, ['-4', '-2', '0', '2', '4']],
  ])('%d to %d', (min, max, most, labels) => {
    expect(valueTicks(min, max, most).map(({ label }) => label)).toEqual(labels);
  });
});

describe('timeTicks()', () => {
  it('counts minutes, hours with the day at midnight, days, months', () => {
    expect(labels(new Date(2026, 10, 22, 12, 2), new Date(2026, 10, 22, 12, 31), 6)).toEqual([
      '12:05',
      '12:10',
      '12:15',
      '12:20',
      '12:25',
      '12:30',
    ]);
    expect(labels(new Date(2026, 10, 21, 20), new Date(2026, 10, 22, 13), 6)).toEqual([
      '21:00',
      '22 Nov',
      '03:00',
      '06:00',
      '09:00',
      '12:00',
    ]);
    expect(labels(new Date(2026, 10, 16, 14), new Date(2026, 10, 22, 17), 7)).toEqual([
      '17 Nov',
      '18 Nov',
      '19 Nov',
      '20 Nov',
      '21 Nov',
      '22 Nov',
    ]);
    expect(labels(new Date(2026, 9, 15), new Date(2027, 1, 15), 6)).toEqual(['Nov', 'Dec', '2027', 'Feb']);
  });
});
