/** What happens when: the reader chooses, points arrive, the collector is asked, time passes. */
import type { PointShape } from '../../firmware/protocol/rest.js';
import { Care } from './care/care.js';
import { ApiError, type Api } from './data/api.js';
import type { Clock } from './data/clock.js';
import { Days } from './data/day.js';
import { Inventory } from './data/inventory.js';
import { Live } from './data/live.js';
import type { Trace } from './data/trace.js';
import { Weeks } from './data/week.js';
import { part } from './element.js';
import { Notice } from './notice.js';
import { Cards } from './overview/cards.js';
import { Panel } from './plot/panel.js';
import { Preferences } from './data/preferences.js';
import { ScaleSwitch } from './scale-switch.js';
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
  readonly #preferences = new Preferences();
  readonly #scale = new ScaleSwitch(this.#preferences);
  readonly #clock: Clock;
  readonly #inventory: Inventory;
  readonly #days: Days;
  readonly #weeks: Weeks;
  readonly #cards: Cards;
  readonly #panel: Panel;
  readonly #care: Care;
  readonly #live: Live;
  #shown = '';
  #painting = 0;

  constructor(api: Api, clock: Clock) {
    this.#clock = clock;
    this.#inventory = new Inventory(api, this.#preferences);
    this.#days = new Days(api);
    this.#weeks = new Weeks(api);
    this.#panel = new Panel(api, clock, this.#state, this.#inventory);
    this.#care = new Care(api, clock, this.#inventory, () => this.#live.soon());
    this.#cards = new Cards(part('devices', HTMLElement), {
      choose: (key, chosen) => this.#choose(key, chosen),
      edit: (key) => this.#care.editSeries(key),
      editDevice: (id) => this.#care.editDevice(id),
    });
    this.#live = new Live(api.liveUrl, {
      point: (point) => this.#arrived(point),
      poll: () => this.#poll(),
      connection: (state) => this.#notice.connection(state),
    });
  }

  /** @param address where the reader has found the page */
  open(address: string): void {
    this.#notice.open(address);
    this.#preferences.open(() => this.#regroup());
    this.#scale.open();
    this.#panel.open();
    this.#care.open();
    this.#state.open(() => this.#viewChanged());
    this.#live.open();
    setInterval(() => this.#paint(), TICK_MS);
  }

  async #poll(): Promise<void> {
    const changed = await this.#inventory.load();
    const { devices, points, series, infos } = this.#inventory;
    this.#notice.inventory(devices.length, points);
    this.#notice.alarms(this.#inventory.alarms);
    this.#panel.changed(changed);
    this.#paint();
    const now = this.#clock.now();
    void Promise.all([this.#days.load(series, changed, now), this.#weeks.load(infos.values(), now)]).then(() => {
      this.#paint();
      return this.#complete();
    });
  }

  async #complete(): Promise<void> {
    try {
      if (await this.#inventory.complete((series) => this.#days.fieldsOf(series))) this.#paint();
    } catch (error) {
      // then with the next answers
      if (!(error instanceof ApiError)) throw error;
    }
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

  #regroup(): void {
    this.#inventory.group();
    this.#viewChanged();
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
    this.#cards.show(this.#inventory, this.#days, this.#weeks, keys, this.#clock.now());
    const shown = `${chosen.map(({ key, label, colour, quantity }) => `${key} ${label} ${colour} ${quantity.unit}`).join()};`;
    if (shown === this.#shown || this.#inventory.devices.length === 0) this.#panel.draw();
    else void this.#panel.show(chosen);
    this.#shown = shown;
  }

  /** What the view asks for, in the order of the page; at first, temperatures. */
  #chosen(): Trace[] {
    const traces = [...this.#inventory.traces.values()];
    const { show } = this.#state.view;
    if (show !== null) return traces.filter(({ key }) => show.includes(key));
    const temperatures = traces.filter(({ quantity }) => quantity.temperature);
    return (temperatures.length > 0 ? temperatures : traces).slice(0, FIRST_CURVES);
  }
}
