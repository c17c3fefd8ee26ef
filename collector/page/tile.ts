/** A trace's tile: what it says now, how its day went, and whether the chart shows it. */
import { ageInWords, isStale } from './age.js';
import type { Day } from './day.js';
import { element, setText } from './element.js';
import { TONES } from './palette.js';
import { drawSparkline, sparkline } from './sparkline.js';
import type { Trace } from './trace.js';
import { formatNumber, formatValue } from './units.js';

export class Tile {
  readonly root: HTMLLIElement;
  readonly #box: HTMLInputElement;
  readonly #tile: HTMLLabelElement;
  readonly #label = element('span', { class: 'tile-label' });
  readonly #number = element('span', { class: 'tile-number' });
  readonly #unit = element('span', { class: 'tile-unit' });
  readonly #age = element('time', { class: 'tile-age' });
  readonly #day = element('span', { class: 'tile-day' });
  readonly #spark = sparkline();

  /** @param choose told when the reader wants the trace in the chart or out of it */
  constructor(key: string, choose: (key: string, chosen: boolean) => void) {
    const id = `tile-${key}`;
    this.#label.id = `${id}-label`;
    const reading = element('span', { class: 'tile-reading', id: `${id}-reading` }, this.#number, this.#unit);
    const foot = element('span', { class: 'tile-foot', id: `${id}-foot` }, this.#age, this.#day);
    this.#box = element('input', {
      type: 'checkbox',
      class: 'tile-box',
      'aria-labelledby': `${id}-label`,
      'aria-describedby': `${id}-reading ${id}-foot`,
    });
    this.#box.addEventListener('change', () => choose(key, this.#box.checked));
    this.#tile = element(
      'label',
      { class: 'tile' },
      this.#box,
      element('span', { class: 'tile-head' }, element('span', { class: 'swatch' }), this.#label),
      reading,
      this.#spark,
      foot,
    );
    this.root = element('li', {}, this.#tile);
  }

  /** Shows a trace as it is at `now`. */
  show(trace: Trace, day: Day | null, chosen: boolean, now: number): void {
    const { newest, quantity } = trace;
    const stale = newest !== null && isStale(newest.time, now, day?.period ?? null);
    this.#tile.className = `tile tone-${trace.tone % TONES}${stale ? ' stale' : ''}`;
    this.#tile.title = [trace.sensor, trace.field].filter((text) => text !== '').join(' · ');
    this.#box.checked = chosen;
    setText(this.#label, trace.label);
    setText(this.#number, newest === null ? '–' : formatNumber(newest.value, quantity));
    setText(this.#unit, quantity.unit);
    setText(this.#age, newest === null ? 'no value yet' : ageInWords(newest.time, now));
    if (newest !== null) {
      this.#age.dateTime = new Date(newest.time).toISOString();
      this.#age.title = new Date(newest.time).toLocaleString();
    }
    setText(this.#day, day === null ? '' : dayInWords(day, trace));
    drawSparkline(this.#spark, day, quantity.minSpan);
  }
}

function dayInWords({ min, max }: Day, { quantity }: Trace): string {
  return `${formatNumber(min, quantity)} to ${formatValue(max, quantity)}`;
}
