/** Values with nothing beside them: a line needs two points, so they are drawn as dots. */

/** Their indices. @param column null is a gap, undefined another curve's time */
export function lonely(column: ArrayLike<number | null | undefined>): number[] {
  const found: number[] = [];
  let length = 0;
  let last = 0;
  for (let i = 0; i <= column.length; i++) {
    const value = i === column.length ? null : column[i];
    if (value === undefined) continue;
    if (value === null) {
      if (length === 1) found.push(last);
      length = 0;
    } else {
      length++;
      last = i;
    }
  }
  return found;
}
