import type { ColumnsShape } from '../firmware/protocol/rest.js';
import { showMoment, zoneName } from './moment.js';
import { bareValue, fieldTitle } from './quantity.js';
import type { Heading } from './table.js';

/** Points as a table for people: local time, then a column per field. `~` marks a time that the device had to guess. */
export function pointTable({ time, fields, estimated = [] }: ColumnsShape): { headings: Heading[]; rows: string[][] } {
  const guessed = new Set(estimated);
  const columns = Object.values(fields);
  const headings: Heading[] = [
    { title: `time (${zoneName()})`, align: 'right' },
    ...Object.keys(fields).map((field): Heading => ({ title: fieldTitle(field), align: 'right', shrinkTo: 6 })),
  ];
  const rows = time.map((t, i) => [
    `${guessed.has(i) ? '~' : ''}${showMoment(t)}`,
    ...columns.map((column) => bareValue(column[i])),
  ]);
  return { headings, rows };
}
