/** The names under the chart: which colour is what, and its values: under the cursor, or else over what is shown. */
import type { Trace } from '../data/trace.js';
import { element, setText } from '../element.js';
import { formatChange, formatExtent, formatValue } from '../words/units.js';
import { gapInWords, type Gap } from './gaps.js';
import { extentOf, type Line, type Sample } from './line.js';
import { dashOf, paint } from '../palette.js';

/** What a line has under the cursor. */
export interface Under {
  sample: Sample | null;
  /** why there is none, or where something is missing beside it */
  gap: Gap | null;
  /** what it is compared with */
  before: Sample | null;
}

interface Item {
  trace: Trace;
  value: HTMLElement;
  extent: HTMLElement;
  /** what to show when the cursor is elsewhere: lowest and highest */
  atRest: string;
}

/** Decimals beyond the usual, since here values are compared. */
const MORE = 1;

export class Legend {
  readonly #host: HTMLElement;
  readonly #moment: HTMLElement;
  #items: Item[] = [];
  #shown = '';

  /** @param host the list @param moment where the time under the cursor stands */
  constructor(host: HTMLElement, moment: HTMLElement) {
    this.#host = host;
    this.#moment = moment;
  }

  show(lines: Line[]): void {
    const shown = lines
      .map(({ trace }) => `${trace.key} ${trace.label} ${trace.tone} ${trace.colour} ${trace.quantity.unit}`)
      .join();
    if (this.#shown !== shown) this.#make(lines);
    this.#shown = shown;
    lines.forEach(({ trace: { quantity }, curve }, i) => {
      const item = this.#items[i];
      const extent = extentOf(curve);
      if (item !== undefined)
        item.atRest = extent === null ? 'no values' : formatExtent(extent.low, extent.high, quantity);
    });
    if (this.#moment.textContent === '') this.rest();
  }

  /** The cursor has left. */
  rest(): void {
    setText(this.#moment, '');
    for (const { value, extent, atRest } of this.#items) {
      setText(value, '');
      setText(extent, atRest);
    }
  }

  /** The cursor is at a moment, with these values. */
  point(moment: string, under: Under[]): void {
    setText(this.#moment, moment);
    this.#items.forEach(({ trace: { quantity }, value, extent }, i) => {
      const { sample = null, gap = null, before = null } = under[i] ?? {};
      setText(value, sample === null ? 'no value' : formatValue(sample.value, quantity, MORE));
      const words: string[] = [];
      // Of a single value there is nothing more to say.
      if (sample !== null && sample.min !== null && sample.max !== null && sample.min < sample.max)
        words.push(formatExtent(sample.min, sample.max, quantity, MORE));
      if (sample?.guessed === true) words.push('time estimated');
      if (before !== null) {
        const change = sample === null ? '' : `, ${formatChange(sample.value - before.value, quantity, MORE)} since`;
        words.push(`before ${formatValue(before.value, quantity, MORE)}${change}`);
      }
      if (gap !== null && (sample === null || gap.reason === 'lost')) words.push(gapInWords(gap));
      setText(extent, words.join('; '));
    });
  }

  #make(lines: Line[]): void {
    this.#items = lines.map(({ trace }) => ({
      trace,
      value: element('span', { class: 'legend-value' }),
      extent: element('span', { class: 'legend-extent' }),
      atRest: '',
    }));
    this.#host.replaceChildren(
      ...this.#items.map(({ trace, value, extent }) => {
        const device = element('span', { class: 'legend-device' }, trace.device);
        const title = `${trace.device} · ${trace.label}`;
        const name = element('span', { class: 'legend-name', title }, trace.label, ' ', device);
        const numbers = element('span', { class: 'legend-numbers' }, value, extent);
        const swatch = element('span', { class: dashOf(trace).length > 0 ? 'swatch dashed' : 'swatch' });
        const item = element('li', { class: 'legend-item' }, swatch, name, numbers);
        paint(item, trace);
        return item;
      }),
    );
  }
}
