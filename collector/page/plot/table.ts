/** The numbers behind the picture, as CSV (RFC 4180): what the curves are made of, in the reader's units and zone. */
import { BEFORE } from '../data/comparison.js';
import { isoInZone } from '../words/time.js';
import { shown, type Quantity } from '../words/units.js';
import { sampleAt, type Exhibit, type Line } from './line.js';

/** A row for each time that a curve has in the span, a column for each thing that is drawn. */
export function csvOf({ lines, span, compare }: Exhibit): string {
  const times = new Set<number>();
  for (const { curve, before } of lines)
    for (const time of [...curve.time, ...(before?.time ?? [])])
      if (time >= span.from && time <= span.to) times.add(time);
  const head = ['time', ...lines.flatMap((line) => headOf(line, compare === null ? '' : BEFORE[compare]))];
  const rows = [...times]
    .toSorted((a, b) => a - b)
    .map((time) => [isoInZone(time), ...lines.flatMap((line) => cellsOf(line, time))].join(','));
  return [head.map(quoted).join(','), ...rows, ''].join('\r\n');
}

function headOf({ trace, curve, before }: Line, comparison: string): string[] {
  const { unit } = trace.quantity;
  const name = `${trace.device} ${trace.label}${unit === '' ? '' : ` (${unit})`}`;
  const own = curve.band === null ? [name] : ['mean', 'lowest', 'highest'].map((what) => `${name} ${what}`);
  const guessed = curve.guessed.size === 0 ? [] : [`${name} time estimated`];
  return [...own, ...guessed, ...(before === null ? [] : [`${name} ${comparison}`])];
}

function cellsOf({ trace: { quantity }, curve, before }: Line, time: number): string[] {
  const sample = sampleAt(curve, time);
  const own = curve.band === null ? [sample?.value] : [sample?.value, sample?.min, sample?.max];
  const guessed = curve.guessed.size === 0 ? [] : [sample?.guessed === true ? '1' : ''];
  const compared = before === null ? [] : [cell(sampleAt(before, time)?.value, quantity)];
  return [...own.map((value) => cell(value, quantity)), ...guessed, ...compared];
}

/** Converted values keep as many digits as a double gives for sure. */
function cell(stored: number | null | undefined, quantity: Quantity): string {
  if (stored === null || stored === undefined) return '';
  return quantity.factor === 1 ? `${stored}` : `${Number(shown(stored, quantity).toPrecision(12))}`;
}

/** A name comes from a device: a spreadsheet must not take it for a formula. */
function quoted(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
