/** The alarms of a series: what is watched for, how each stands, another one, one less. */
import type { AlarmShape } from '../../../firmware/protocol/rest.js';
import { ApiError, type Api } from '../data/api.js';
import type { Clock } from '../data/clock.js';
import type { Inventory } from '../data/inventory.js';
import { traceKey, type Trace } from '../data/trace.js';
import { element, part } from '../element.js';
import { alarmInWords, ruleInWords } from '../words/alarm.js';
import { quantityOf } from '../words/units.js';
import type { Modal } from './modal.js';
import type { Token } from './token.js';

const MINUTE_S = 60;

export class AlarmEditor {
  readonly #list = part('alarm-list', HTMLElement);
  readonly #kind = part('alarm-kind', HTMLSelectElement);
  readonly #limit = part('alarm-limit', HTMLInputElement);
  readonly #hysteresis = part('alarm-hysteresis', HTMLInputElement);
  readonly #after = part('alarm-after', HTMLInputElement);
  readonly #api: Api;
  readonly #clock: Clock;
  readonly #inventory: Inventory;
  readonly #token: Token;
  readonly #modal: Modal;
  #trace: Trace | null = null;
  /** something was added or removed since `show` */
  changed = false;

  /** @param modal where it says what went wrong */
  constructor(api: Api, clock: Clock, inventory: Inventory, token: Token, modal: Modal) {
    this.#api = api;
    this.#clock = clock;
    this.#inventory = inventory;
    this.#token = token;
    this.#modal = modal;
  }

  open(): void {
    this.#kind.addEventListener('change', () => this.#showLimit());
    part('alarm-add', HTMLButtonElement).addEventListener('click', () => this.#do(() => this.#add()));
    this.#list.addEventListener('click', ({ target }) => {
      const id = target instanceof HTMLButtonElement ? Number(target.dataset['alarm']) : Number.NaN;
      if (!Number.isNaN(id)) this.#do(() => this.#token.use((token) => this.#api.deleteAlarm(id, token)));
    });
  }

  /** @param trace null where there is no value yet: nothing to watch */
  async show(trace: Trace | null): Promise<void> {
    this.#trace = trace;
    this.changed = false;
    this.#clear();
    for (const input of [this.#limit, this.#hysteresis]) input.placeholder = trace?.quantity.unit ?? '';
    this.#list.replaceChildren();
    // folded away until it is known that there are some, and never under the fingers of who has opened it since
    if (this.#details !== null) {
      this.#details.hidden = trace === null;
      this.#details.open = false;
    }
    await this.#load();
    if (this.#details !== null && this.#list.childElementCount > 0) this.#details.open = true;
  }

  /** An alarm that was filled in and not added is added. The answer: whether all is done that the reader wanted */
  async finish(): Promise<boolean> {
    const typed = [this.#limit, this.#hysteresis, this.#after].some(({ value }) => value !== '');
    return typed || this.#kind.value !== 'above' ? this.#add() : true;
  }

  get #details(): HTMLDetailsElement | null {
    return this.#list.closest('details');
  }

  /** Does something that changes the alarms, and shows how they stand. */
  #do(action: () => Promise<boolean>): void {
    void this.#modal.run(async () => {
      if (await action()) this.changed = true;
      await this.#load();
      return false;
    });
  }

  async #add(): Promise<boolean> {
    const trace = this.#trace;
    if (trace === null) return false;
    const { factor, offset } = trace.quantity;
    const kind = this.#kind.value as AlarmShape['kind'];
    const rule: Record<string, unknown> = { series_id: trace.series, kind, field: trace.field };
    if (this.#limited()) {
      if (Number.isNaN(this.#limit.valueAsNumber)) throw new Error('An alarm by value needs a limit');
      // From the reader's unit to the one that the collector answers in.
      rule['limit'] = (this.#limit.valueAsNumber - offset) / factor;
      if (this.#hysteresis.value !== '') rule['hysteresis'] = this.#hysteresis.valueAsNumber / factor;
    }
    if (this.#after.value !== '') rule['after_s'] = this.#after.valueAsNumber * MINUTE_S;
    const done = await this.#token.use((token) => this.#api.addAlarm(rule, token));
    if (done) {
      this.changed = true;
      this.#clear();
    }
    return done;
  }

  #clear(): void {
    for (const input of [this.#limit, this.#hysteresis, this.#after]) input.value = '';
    this.#kind.value = 'above';
    this.#showLimit();
  }

  async #load(): Promise<void> {
    const trace = this.#trace;
    if (trace === null) return;
    try {
      const alarms = await this.#api.alarms();
      const own = alarms.filter(({ series_id }) => series_id === trace.series);
      this.#list.replaceChildren(...own.map((alarm) => this.#itemOf(alarm, trace)));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#modal.say(error.message);
    }
  }

  #limited(): boolean {
    return this.#kind.value === 'above' || this.#kind.value === 'below';
  }

  #showLimit(): void {
    for (const input of [this.#limit, this.#hysteresis]) {
      const label = input.closest('label');
      if (label !== null) label.hidden = !this.#limited();
    }
  }

  /** An alarm of another field of the series says which one, and is in that one's unit. */
  #itemOf(alarm: AlarmShape, trace: Trace): HTMLLIElement {
    const field = alarm.field ?? trace.field;
    const quantity = this.#inventory.traces.get(traceKey(trace.series, field))?.quantity ?? quantityOf(field);
    const rule = ruleInWords(alarm, quantity);
    const words = field === trace.field ? rule : `${quantity.name} ${rule}`;
    const active = alarm.state === 'active';
    const state = element(
      'span',
      { class: active ? 'alarm-active' : 'alarm-quiet' },
      active ? alarmInWords(alarm, quantity, this.#clock.now()) : 'quiet',
    );
    const remove = element(
      'button',
      { type: 'button', 'data-alarm': `${alarm.id}`, 'aria-label': `Remove ${words}` },
      'Remove',
    );
    return element('li', {}, element('span', {}, `${words}: `, state), remove);
  }
}
