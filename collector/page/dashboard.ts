/** What happens when: the reader chooses, points arrive, the collector is asked, time passes. */
import type { PointShape } from '../../firmware/protocol/rest.js';
import type { Api } from './api.js';
import { Cards } from './cards.js';
import { Days } from './day.js';
import { part, setText } from './element.js';
import { Inventory } from './inventory.js';
import { Live } from './live.js';
import { Notice } from './notice.js';
import { Panel } from './panel.js';
import { zoneInWords } from './time-axis.js';
import type { Trace } from './trace.js';
import { ViewState } from './view-state.js';

/** As many curves as can be told apart at a glance; the reader may choose more. */
const FIRST_CURVES = 6;
/** Ages grow and the span moves on also when nothing arrives. */
const TICK_MS = 5_000;
/** Points that arrive together are painted together. */
const PAINT_MS = 200;

export class Dashboard {
  readonly #state = new ViewState();
  readonly #notice = new Notice();
  readonly #inventory: Inventory;
  readonly #days: Days;
  readonly #cards: Cards;
  readonly #panel: Panel;
  readonly #live: Live;
  #shown = '';
  #painting = 0;

  constructor(api: Api) {
    this.#inventory = new Inventory(api);
    this.#days = new Days(api);
    this.#cards = new Cards(part('devices', HTMLElement), (key, chosen) => this.#choose(key, chosen));
    this.#panel = new Panel(api, this.#state);
    this.#live = new Live(api.liveUrl, {
      point: (point) => this.#arrived(point),
      poll: () => this.#poll(),
      connection: (state) => this.#notice.connection(state),
    });
  }

  /** @param address where the reader has found the page */
  open(address: string): void {
    this.#notice.open(address);
    this.#panel.open();
    this.#state.open(() => this.#viewChanged());
    this.#live.open();
    setText(part('zone', HTMLElement), zoneInWords(Date.now()));
    setInterval(() => this.#paint(), TICK_MS);
  }

  async #poll(): Promise<void> {
    const changed = await this.#inventory.load();
    this.#notice.inventory(this.#inventory.devices.length, this.#inventory.points);
    this.#panel.changed(changed);
    this.#paint();
    void this.#days.load(this.#inventory.series, changed, Date.now()).then(() => this.#paint());
  }

  #arrived(point: PointShape): void {
    if (!this.#inventory.apply(point)) this.#live.soon();
    this.#panel.apply(point);
    this.#painting ||= setTimeout(() => this.#paint(), PAINT_MS);
  }

  #choose(key: string, chosen: boolean): void {
    const others = this.#chosen()
      .map((trace) => trace.key)
      .filter((other) => other !== key);
    this.#state.show(chosen ? [...others, key] : others);
  }

  #viewChanged(): void {
    this.#shown = '';
    this.#paint();
  }

  /** Everything as it is now; the curves are asked for where others are to be shown. */
  #paint(): void {
    clearTimeout(this.#painting);
    this.#painting = 0;
    const chosen = this.#chosen();
    const keys = new Set(chosen.map(({ key }) => key));
    this.#cards.show(this.#inventory, this.#days, keys, Date.now());
    const shown = `${chosen.map(({ key, label }) => `${key} ${label}`).join()};`;
    if (shown === this.#shown || this.#inventory.devices.length === 0) this.#panel.draw();
    else void this.#panel.show(chosen);
    this.#shown = shown;
  }

  /** What the view asks for, in the order of the page; at first, temperatures. */
  #chosen(): Trace[] {
    const traces = [...this.#inventory.traces.values()];
    const { show } = this.#state.view;
    if (show !== null) return traces.filter(({ key }) => show.includes(key));
    const temperatures = traces.filter(({ quantity }) => quantity.unit === '°C');
    return (temperatures.length > 0 ? temperatures : traces).slice(0, FIRST_CURVES);
  }
}
