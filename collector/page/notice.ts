/** What the page says about itself: whether it is live, that the collector is away, or how to begin. */
import { part, setText } from './element.js';
import type { Connection } from './data/live.js';
import { countOf } from './words/count.js';

const WORDS: Record<Connection, string> = {
  connecting: 'Connecting',
  live: 'Live',
  polling: 'Up to date',
  away: 'No answer',
  refused: 'Refused',
};

export class Notice {
  readonly #connection = part('connection', HTMLElement);
  readonly #away = part('away', HTMLElement);
  readonly #refused = part('refused', HTMLElement);
  readonly #alarms = part('alarms', HTMLElement);
  readonly #empty = part('empty', HTMLElement);
  readonly #content = part('content', HTMLElement);
  readonly #count = part('count', HTMLElement);

  open(address: string): void {
    for (const place of document.querySelectorAll('.this-address')) setText(place, address.replace(/\/$/, ''));
  }

  connection(state: Connection): void {
    setText(this.#connection, WORDS[state]);
    this.#connection.dataset['state'] = state;
    this.#away.hidden = state !== 'away';
    this.#refused.hidden = state !== 'refused';
  }

  /** How many alarms have gone off. */
  alarms(count: number): void {
    this.#alarms.hidden = count === 0;
    setText(this.#alarms, count === 0 ? '' : countOf(count, 'alarm'));
  }

  /** How much there is, once that is known. */
  inventory(devices: number, points: number): void {
    this.#empty.hidden = devices > 0;
    this.#content.hidden = devices === 0;
    const counts = [countOf(devices, 'device'), countOf(points, 'point')];
    setText(this.#count, devices === 0 ? '' : counts.join(', '));
  }
}
