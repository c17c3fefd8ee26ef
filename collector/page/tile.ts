/** A trace's tile: what it says now, how its day went, and whether the chart shows it. */
import { ageInWords, isStale } from './age.js';
import type { Day } from './day.js';
import { element, setText } from './element.js';
import { TONES } from './palette.js';
import { drawSparkline, sparkline } from './sparkline.js';
import type { Trace } from './trace.js';
import { formatExtent, formatNumber } from './units.js';

export class Tile {
  readonly root: HTMLLIElement;
  readonly #box: HTMLInputElement;
  readonly #tile: HTMLLabelElement;
  readonly #label = element('span', { class: 'tile-label' });
  readonly #number = element('span', { class: 'tile-number' });
  readonly #unit = element('span', { class: 'tile-unit' });
  readonly #age = element('time', { class: 'tile-age' });
  readonly #high = element('span');
  readonly #low = element('span');
  readonly #day = element('span', { class: 'unseen' });
  readonly #spark = sparkline();

  /** @param choose told when the reader wants the trace in the chart or out of it */
  constructor(key: string, choose: (key: string, chosen: boolean) => void) {
    const id = `tile-${key}`;
    this.#label.id = `${id}-label`;
    const reading = element('span', { class: 'tile-reading', id: `${id}-reading` }, this.#number, this.#unit);
    this.#age.id = `${id}-age`;
    this.#day.id = `${id}-day`;
    const extent = element('span', { class: 'tile-extent', 'aria-hidden': 'true' }, this.#high, this.#low);
    this.#box = element('input', {
      type: 'checkbox',
      class: 'tile-box',
      'aria-labelledby': `${id}-label`,
      'aria-describedby': `${id}-reading ${id}-age ${id}-day`,
    });
    this.#box.addEventListener('change', () => choose(key, this.#box.checked));
    this.#tile = element(
      'label',
      { class: 'tile' },
      this.#box,
      element('span', { class: 'tile-head' }, element('span', { class: 'swatch' }), this.#label),
      reading,
      element('span', { class: 'tile-trend' }, this.#spark, extent),
      this.#age,
      this.#day,
    );
    this.root = element('li', {}, this.#tile);
  }

  /** Shows a trace as it is at `now`. */
  show(trace: Trace, day: Day | null, chosen: boolean, now: number): void {
    const { newest, quantity } = trace;
    const stale = newest !== null && isStale(newest.time, now, day?.period ?? null);
    this.#tile.className = `tile tone-${trace.tone % TONES}${stale ? ' stale' : ''}`;
    this.root.className = quantity.minor ? 'minor' : '';
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
    setText(this.#high, day === null ? '' : formatNumber(day.max, quantity));
    setText(this.#low, day === null ? '' : formatNumber(day.min, quantity));
    setText(this.#day, day === null ? '' : `${formatExtent(day.min, day.max, quantity)} in the last day`);
    drawSparkline(this.#spark, day, quantity.minSpan);
  }
}
