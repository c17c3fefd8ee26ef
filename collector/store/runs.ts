/** Runs, as the files have them: `[first, how many]`, of integers that follow one another. */
export type Run = [first: number, count: number];

export function toRuns(integers: ArrayLike<number>): Run[] {
  const runs: Run[] = [];
  for (let i = 0; i < integers.length;) {
    const first = integers[i]!;
    const begin = i;
    while (i < integers.length && integers[i] === first + i - begin) i++;
    runs.push([first, i - begin]);
  }
  return runs;
}

/** The rows at which a flag is set. */
export function flagRuns(flags: Uint8Array): Run[] {
  const runs: Run[] = [];
  for (let row = 0; row < flags.length; row++) {
    if (flags[row] === 0) continue;
    const first = row;
    while (row < flags.length && flags[row] !== 0) row++;
    runs.push([first, row - first]);
  }
  return runs;
}

/** Flags of `length` rows; null when none is set. */
export function runFlags(runs: Run[] | undefined, length: number): Uint8Array | null {
  if (runs === undefined || runs.length === 0) return null;
  const flags = new Uint8Array(length);
  for (const [first, count] of runs) flags.fill(1, first, first + count);
  return flags;
}
