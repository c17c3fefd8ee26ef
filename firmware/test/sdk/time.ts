/** The SDK's `time`: its ticks are 32 bits, signed, and only `delta` knows. */
let now = 0;

export default {
  get ticks(): number {
    return now | 0;
  },

  delta(start: number, end: number = now): number {
    return (end - start) | 0;
  },

  pass(ms: number): void {
    now += ms;
  },
};
