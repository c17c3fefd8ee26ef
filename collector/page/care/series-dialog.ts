/** What people say of a series: name, unit, colour, calibration, the probe that continues it; and the end of it. */
import type { SeriesPatchShape, SeriesShape } from '../../../firmware/protocol/rest.js';
import type { Api } from '../data/api.js';
import type { Clock } from '../data/clock.js';
import type { Inventory } from '../data/inventory.js';
import type { Subject, Trace } from '../data/trace.js';
import { element, part, setText } from '../element.js';
import { tintOf } from '../palette.js';
import { countOf } from '../words/count.js';
import { AlarmEditor } from './alarm-editor.js';
import { CalibrationEditor } from './calibration-editor.js';
import { Modal } from './modal.js';
import type { Token } from './token.js';

export class SeriesDialog {
  readonly #modal = new Modal('series');
  readonly #confirm = new Modal('delete');
  readonly #title = part('series-title', HTMLElement);
  readonly #facts = part('series-facts', HTMLElement);
  readonly #name = part('series-name', HTMLInputElement);
  readonly #unit = part('series-unit', HTMLInputElement);
  readonly #ownColour = part('series-own-colour', HTMLInputElement);
  readonly #colour = part('series-colour', HTMLInputElement);
  readonly #sensor = part('series-sensor', HTMLSelectElement);
  readonly #warning = part('delete-warning', HTMLElement);
  readonly #calibration = new CalibrationEditor();
  readonly #alarms: AlarmEditor;
  readonly #api: Api;
  readonly #inventory: Inventory;
  readonly #token: Token;
  #series: SeriesShape | null = null;

  constructor(api: Api, clock: Clock, inventory: Inventory, token: Token) {
    this.#api = api;
    this.#inventory = inventory;
    this.#token = token;
    this.#alarms = new AlarmEditor(api, clock, inventory, token, this.#modal);
  }

  open(): void {
    this.#modal.open();
    this.#confirm.open();
    this.#calibration.open();
    this.#alarms.open();
    this.#colour.addEventListener('input', () => {
      this.#ownColour.checked = true;
    });
    part('series-delete', HTMLButtonElement).addEventListener('click', () => {
      void this.#modal.run(() => this.#delete());
    });
  }

  /** The answer: whether anything was changed. */
  async edit(key: string): Promise<boolean> {
    const trace = this.#inventory.traces.get(key);
    const subject = trace ?? this.#inventory.silent(key);
    const series = subject && this.#inventory.listed(subject.series);
    if (subject === undefined || series === undefined) return false;
    this.#series = series;
    this.#fill(subject, trace, series);
    void this.#alarms.show(trace ?? null);
    const done = await this.#modal.ask(() => this.#save(series));
    return done || this.#alarms.changed;
  }

  #fill(subject: Subject, trace: Trace | undefined, series: SeriesShape): void {
    const { id, desc, count, unit, colour, calibration } = series;
    setText(this.#title, `${subject.label}, ${subject.device}`);
    const facts = [subject.sensor, `series ${id}`, countOf(count, 'point')].filter((fact) => fact !== '');
    setText(this.#facts, facts.join(' · '));
    this.#name.value = desc ?? '';
    this.#unit.value = unit ?? '';
    this.#unit.placeholder = trace?.quantity.unit || 'none';
    this.#ownColour.checked = colour !== undefined;
    this.#colour.value = colour ?? tintOf(subject);
    this.#calibration.show(trace ?? null, calibration ?? []);
    const { sensors = {} } = this.#inventory.infos.get(subject.deviceId) ?? {};
    const others = Object.entries(sensors).filter(([, other]) => other !== id);
    this.#sensor.replaceChildren(
      element('option', { value: '' }, 'not replaced'),
      ...others.map(([sensor]) => element('option', { value: sensor }, `replaced by ${sensor}`)),
    );
    const isSensor = Object.values(sensors).includes(id);
    const row = this.#sensor.closest('label');
    if (row !== null) row.hidden = !isSensor || others.length === 0;
  }

  async #save(series: SeriesShape): Promise<boolean> {
    if (!(await this.#alarms.finish())) return false;
    const patch = this.#patch(series);
    const sensor = this.#sensor.value;
    if (Object.keys(patch).length === 0 && sensor === '') return true;
    return this.#token.use(async (token) => {
      if (Object.keys(patch).length > 0) await this.#api.patchSeries(series.id, patch, token);
      if (sensor !== '') await this.#api.patchSeries(series.id, { sensor }, token);
    });
  }

  /** What differs from what is stored. */
  #patch({ desc, unit, colour, calibration = [] }: SeriesShape): SeriesPatchShape {
    const patch: SeriesPatchShape = {};
    const [name, wantedUnit] = [this.#name.value.trim(), this.#unit.value.trim()];
    if (name !== (desc ?? '')) patch.desc = name;
    if (wantedUnit !== (unit ?? '')) patch.unit = wantedUnit === '' ? null : wantedUnit;
    const wantedColour = this.#ownColour.checked ? this.#colour.value : null;
    if (wantedColour !== (colour ?? null)) patch.colour = wantedColour;
    const offsets = this.#calibration.value();
    if (JSON.stringify(offsets) !== JSON.stringify(calibration)) patch.calibration = offsets;
    return patch;
  }

  async #delete(): Promise<boolean> {
    const series = this.#series;
    if (series === null) return false;
    const name = series.desc || `Series ${series.id}`;
    setText(this.#warning, `${name} and its ${countOf(series.count, 'point')} will be gone for good.`);
    return this.#confirm.ask(() => this.#token.use((token) => this.#api.deleteSeries(series.id, token)));
  }
}
