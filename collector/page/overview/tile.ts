/** A trace's tile: what it says now, where that is heading, how its day went, and whether the chart shows it. */
import type { Day } from '../data/day.js';
import type { Trace } from '../data/trace.js';
import { element, setText } from '../element.js';
import { paint } from '../palette.js';
import { ageInWords, isStale } from '../words/age.js';
import { alarmInWords } from '../words/alarm.js';
import { isLow } from '../words/health.js';
import { formatExtent, formatNumber } from '../words/units.js';
import { drawSparkline, sparkline } from './sparkline.js';
import { ARROWS, trendOf } from './trend.js';

export interface TileListener {
  /** the reader wants the trace in the chart, or out of it */
  choose(key: string, chosen: boolean): void;
  /** the reader wants to change what is said of the trace's series */
  edit(key: string): void;
}

export class Tile {
  readonly root: HTMLLIElement;
  readonly #box: HTMLInputElement;
  readonly #tile: HTMLLabelElement;
  readonly #more: HTMLButtonElement;
  readonly #label = element('span', { class: 'tile-label' });
  readonly #number = element('span', { class: 'tile-number' });
  readonly #unit = element('span', { class: 'tile-unit' });
  readonly #arrow = element('span', { class: 'tile-arrow', 'aria-hidden': 'true' });
  readonly #trend = element('span', { class: 'unseen' });
  readonly #alarm = element('span', { class: 'tile-alarm' });
  readonly #age = element('time', { class: 'tile-age' });
  readonly #high = element('span');
  readonly #low = element('span');
  readonly #day = element('span', { class: 'unseen' });
  readonly #spark = sparkline();

  constructor(key: string, listener: TileListener) {
    // lists of ids are divided at blanks, which a field's name may have
    const id = `tile-${encodeURIComponent(key)}`;
    this.#label.id = `${id}-label`;
    this.#age.id = `${id}-age`;
    this.#alarm.id = `${id}-alarm`;
    this.#day.id = `${id}-day`;
    const reading = { class: 'tile-reading', id: `${id}-reading` };
    const extent = element('span', { class: 'tile-extent', 'aria-hidden': 'true' }, this.#high, this.#low);
    this.#box = element('input', {
      type: 'checkbox',
      class: 'tile-box',
      'aria-labelledby': `${id}-label`,
      'aria-describedby': `${id}-reading ${id}-age ${id}-alarm ${id}-day`,
    });
    this.#box.addEventListener('change', () => listener.choose(key, this.#box.checked));
    this.#more = element('button', { type: 'button', class: 'more' }, '⋯');
    this.#more.addEventListener('click', () => listener.edit(key));
    this.#tile = element(
      'label',
      { class: 'tile' },
      this.#box,
      element('span', { class: 'tile-head' }, element('span', { class: 'swatch' }), this.#label),
      element('span', reading, this.#number, this.#unit, this.#arrow, this.#trend),
      element('span', { class: 'tile-trend' }, this.#spark, extent),
      this.#age,
      this.#alarm,
      this.#day,
    );
    this.root = element('li', {}, this.#tile, this.#more);
  }

  /** Shows a trace as it is at `now`. */
  show(trace: Trace, day: Day | null, chosen: boolean, now: number): void {
    const { newest, quantity, fault, every } = trace;
    const stale = newest !== null && isStale(newest.time, now, { period: day?.period ?? null, every });
    const low = newest !== null && isLow(trace.field, newest.value);
    this.root.className = quantity.minor ? 'minor' : '';
    const alarms = trace.alarms.map((alarm) => alarmInWords(alarm, quantity, now));
    const marks = { stale, fault: fault !== null, low, alarm: alarms.length > 0 };
    for (const [mark, set] of Object.entries(marks)) this.#tile.classList.toggle(mark, set);
    setText(this.#alarm, alarms.length === 0 ? '' : `Alarm: ${alarms.join('; ')}`);
    paint(this.#tile, trace);
    this.#tile.title = [trace.label, trace.sensor, trace.field].filter((text) => text !== '').join(' · ');
    this.#box.checked = chosen;
    setText(this.#label, trace.label);
    this.#more.ariaLabel = `Change ${trace.label} of ${trace.device}`;
    this.#showReading(trace, day, stale);
    setText(this.#age, ageOf(trace, stale, low, now));
    const time = fault ?? newest?.time ?? null;
    if (time !== null) {
      this.#age.dateTime = new Date(time).toISOString();
      this.#age.title = new Date(time).toLocaleString();
    }
    this.#showExtent(trace, day);
    drawSparkline(this.#spark, day, quantity.minSpan);
  }

  /** The day's, which was asked for some minutes ago, and the newest value's. */
  #showExtent({ newest, quantity }: Trace, day: Day | null): void {
    const values = day === null ? [] : [day.min, day.max];
    if (day !== null && newest !== null && newest.time >= day.span.to) values.push(newest.value);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    setText(this.#high, values.length === 0 ? '' : formatNumber(high, quantity));
    setText(this.#low, values.length === 0 ? '' : formatNumber(low, quantity));
    setText(this.#day, values.length === 0 ? '' : `${formatExtent(low, high, quantity)} in the last day`);
  }

  #showReading({ newest, quantity }: Trace, day: Day | null, stale: boolean): void {
    const trend = newest === null || stale || quantity.minor ? null : trendOf(newest, day, quantity.minSpan);
    setText(this.#number, newest === null ? '–' : formatNumber(newest.value, quantity));
    setText(this.#unit, quantity.unit);
    setText(this.#arrow, trend === null ? '' : ARROWS[trend]);
    this.#arrow.title = trend ?? '';
    setText(this.#trend, trend === null ? '' : `, ${trend}`);
  }
}

/** `3 min ago`, and what is the matter with it. */
function ageOf({ newest, fault }: Trace, stale: boolean, low: boolean, now: number): string {
  if (fault !== null) return `probe fault, ${ageInWords(fault, now)}`;
  if (newest === null) return 'no value yet';
  const age = ageInWords(newest.time, now);
  if (stale) return `stale, ${age}`;
  return low ? `low, ${age}` : age;
}
