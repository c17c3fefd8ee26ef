import { cut, displayWidth } from './text.js';

/** A column of a table for people. */
export interface Heading {
  title: string;
  align?: 'left' | 'right';
  /** may be cut down to this many columns where the terminal is narrow; never cut when absent */
  shrinkTo?: number;
}

const GAP = '  ';

/**
 * The lines of a table, headings first. Columns that may shrink give way, the widest first, until the table fits into
 * `width` (Infinity: nothing is cut).
 */
export function tableLines(headings: Heading[], rows: string[][], width = Infinity): string[] {
  const widths = headings.map(({ title }, i) =>
    rows.reduce((most, row) => Math.max(most, displayWidth(row[i]!)), displayWidth(title)),
  );
  shrink(headings, widths, width);
  const line = (cells: string[]) => cells.map((cell, i) => pad(cell, widths[i]!, headings[i]!.align)).join(GAP);
  return [headings.map(({ title }) => title), ...rows].map((cells) => line(cells).trimEnd());
}

function shrink(headings: Heading[], widths: number[], width: number): void {
  let excess = widths.reduce((sum, w) => sum + w, GAP.length * (widths.length - 1)) - width;
  while (excess > 0) {
    const spare = (i: number) => widths[i]! - (headings[i]!.shrinkTo ?? Infinity);
    const widest = widths.reduce((best, w, i) => (spare(i) > 0 && (best < 0 || w > widths[best]!) ? i : best), -1);
    if (widest < 0) return;
    widths[widest]!--;
    excess--;
  }
}

function pad(cell: string, width: number, align: Heading['align']): string {
  const text = cut(cell, width);
  const space = ' '.repeat(width - displayWidth(text));
  return align === 'right' ? space + text : text + space;
}
