/** Runs, as the files have them: `[first, how many]`, of integers that follow one another. */
export type Run = [first: number, count: number];

export function toRuns(integers: Iterable<number>): Run[] {
  const runs: Run[] = [];
  let run: Run | undefined;
  for (const n of integers) {
    if (run !== undefined && run[0] + run[1] === n) run[1]++;
    else runs.push((run = [n, 1]));
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
