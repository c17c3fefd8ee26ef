/** The names under the chart: which colour is what, and its values: under the cursor, or else over what is shown. */
import { element, setText } from './element.js';
import { dashOf, TONES } from './palette.js';
import type { Line } from './plot-data.js';
import type { Trace } from './trace.js';
import { formatExtent, formatValue } from './units.js';

/** What a line has under the cursor. */
export interface Under {
  value: number | null;
  min: number | null;
  max: number | null;
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

  /** @param host the list @param moment where the time under the cursor stands */
  constructor(host: HTMLElement, moment: HTMLElement) {
    this.#host = host;
    this.#moment = moment;
  }

  show(lines: Line[]): void {
    const shown = this.#items.map(({ trace }) => trace.key + trace.label).join();
    if (shown !== lines.map(({ trace }) => trace.key + trace.label).join()) this.#make(lines);
    lines.forEach(({ trace, curve }, i) => {
      const item = this.#items[i];
      if (item !== undefined)
        item.atRest = extentOf(trace, curve.band?.min ?? curve.value, curve.band?.max ?? curve.value);
    });
    this.rest();
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
    this.#items.forEach(({ trace, value, extent }, i) => {
      const { value: v = null, min = null, max = null } = under[i] ?? {};
      setText(value, v === null ? 'no value' : formatValue(v, trace.quantity, MORE));
      const spread = min !== null && max !== null && v !== null;
      setText(extent, spread ? formatExtent(min, max, trace.quantity, MORE) : '');
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
        const dashed = dashOf(trace.tone).length > 0 ? ' dashed' : '';
        const device = element('span', { class: 'legend-device' }, trace.device);
        const title = `${trace.device} · ${trace.label}`;
        const name = element('span', { class: 'legend-name', title }, trace.label, ' ', device);
        const numbers = element('span', { class: 'legend-numbers' }, value, extent);
        const swatch = element('span', { class: `swatch${dashed}` });
        return element('li', { class: `legend-item tone-${trace.tone % TONES}` }, swatch, name, numbers);
      }),
    );
  }
}

function extentOf({ quantity }: Trace, lows: (number | null)[], highs: (number | null)[]): string {
  let low = Infinity;
  let high = -Infinity;
  for (const value of lows) if (value !== null && value < low) low = value;
  for (const value of highs) if (value !== null && value > high) high = value;
  return low > high ? 'no values' : formatExtent(low, high, quantity);
}
