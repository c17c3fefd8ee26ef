import { describe, expect, it } from 'vitest';
import { PLACES, temperature } from '../../simulator/curve.js';

const MINUTE = 60_000;
const WEEK = 7 * 24 * 60 * MINUTE;
const START = Date.UTC(2026, 10, 15);

describe('temperature()', () => {
  const weeks = PLACES.map((place, seed) => {
    return Array.from({ length: WEEK / MINUTE }, (_, i) => temperature(place, seed, START + i * MINUTE));
  });

  it('depends on place, seed and time alone', () => {
    const [place] = PLACES;
    expect(temperature(place!, 3, START)).toBe(temperature(place!, 3, START));
    expect(temperature(place!, 3, START)).not.toBe(temperature(place!, 4, START));
  });

  it('stays within the chip’s range and never jumps', () => {
    for (const week of weeks) {
      expect(Math.min(...week)).toBeGreaterThan(-55);
      expect(Math.max(...week)).toBeLessThan(80);
      const steps = week.slice(1).map((value, i) => Math.abs(value - week[i]!));
      expect(Math.max(...steps)).toBeLessThan(1);
    }
  });

  it('goes below zero outdoors and stays there in a freezer', () => {
    const [outdoors, freezer] = ['outdoors', 'freezer'].map((name) => weeks[PLACES.findIndex((p) => p.name === name)]!);
    expect(Math.min(...outdoors!)).toBeLessThan(0);
    expect(Math.max(...freezer!)).toBeLessThan(-10);
  });
});
