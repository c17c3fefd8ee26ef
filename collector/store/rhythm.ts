/** How often a device uploads, from the times of its readings: outages and what is sent after them don't disturb that. */

/** Steps remembered: one that lasted days among them doesn't count, and a new period does after three uploads. */
const STEPS = 5;

/** `step`: from the newest reading before an upload to the newest in it, ms. */
export function withStep(steps: readonly number[], step: number): number[] {
  return step > 0 ? [...steps, step].slice(-STEPS) : [...steps];
}

/** The usual step, ms: the middle one, the longer of two; null while there is none. */
export function usualStep(steps: readonly number[]): number | null {
  return [...steps].sort((a, b) => a - b)[Math.floor(steps.length / 2)] ?? null;
}

/** What stands for the step before the first upload: its readings, as if as many had come before. */
export function firstStep(times: ArrayLike<number>): number {
  const [first, last] = [times[0] ?? 0, times[times.length - 1] ?? 0];
  return times.length < 2 ? 0 : ((last - first) * times.length) / (times.length - 1);
}
