/** A device: its name, the tiles of its traces, how it is, and what became of its readings. */
import type { DeviceShape } from '../../../firmware/protocol/rest.js';
import type { Days } from '../data/day.js';
import type { Device, Subject } from '../data/trace.js';
import { drawing, element, setText } from '../element.js';
import { accountInWords } from '../words/account.js';
import { ageInWords } from '../words/age.js';
import { signalOf, versionOf, waitingOn } from '../words/health.js';
import { SilentRow } from './silent-row.js';
import { Tile, type TileListener } from './tile.js';

export interface CardListener extends TileListener {
  /** the reader wants to change what is said of the device */
  editDevice(id: string): void;
}

/** What the collector knows of a device beside its series. */
export interface Known {
  info: DeviceShape;
  /** readings of the last week; null when not known */
  week: number | null;
}

const BARS = 4;

export class DeviceCard {
  readonly root: HTMLElement;
  readonly #listener: CardListener;
  readonly #name: HTMLHeadingElement;
  readonly #more = element('button', { type: 'button', class: 'more' }, '⋯');
  readonly #state = element('p', { class: 'device-state' });
  readonly #list = element('ul', { class: 'tiles' });
  readonly #silent = element('ul', { class: 'device-silent' });
  readonly #signal = element('span', { class: 'fact' });
  readonly #signalText = element('span');
  readonly #bars = bars();
  readonly #version = element('span', { class: 'fact' });
  readonly #waiting = element('span', { class: 'fact waiting' });
  readonly #account = element('p', { class: 'device-account' });
  readonly #tiles = new Map<string, Tile>();
  readonly #rows = new Map<string, SilentRow>();

  constructor(id: string, listener: CardListener) {
    this.#listener = listener;
    this.#name = element('h2', { id: `device-${id}` });
    this.#signal.append(this.#bars, this.#signalText);
    this.#more.addEventListener('click', () => listener.editDevice(id));
    this.root = element(
      'section',
      { class: 'device', 'aria-labelledby': this.#name.id },
      element('header', { class: 'device-head' }, this.#name, this.#state, this.#more),
      this.#list,
      this.#silent,
      element('p', { class: 'device-facts' }, this.#signal, this.#version, this.#waiting),
      this.#account,
    );
  }

  show(device: Device, known: Known | null, days: Days, chosen: Set<string>, now: number): void {
    setText(this.#name, device.name);
    this.#name.title = device.id;
    this.#more.ariaLabel = `Change ${device.name}`;
    setText(this.#state, known === null ? '' : `seen ${ageInWords(known.info.seen, now)}`);
    this.#showHealth(known?.info.status ?? null);
    this.#showAccount(known, now);
    for (const trace of device.traces) {
      const tile = this.#tiles.get(trace.key) ?? new Tile(trace.key, this.#listener);
      this.#tiles.set(trace.key, tile);
      tile.show(trace, days.of(trace.key), chosen.has(trace.key), now);
    }
    fill(this.#list, device.traces, this.#tiles);
    for (const subject of device.silent) {
      const row = this.#rows.get(subject.key) ?? new SilentRow(subject.key, this.#listener);
      this.#rows.set(subject.key, row);
      row.show(subject);
    }
    fill(this.#silent, device.silent, this.#rows);
  }

  #showHealth(status: DeviceShape['status']): void {
    const signal = signalOf(status);
    const version = versionOf(status);
    const waiting = waitingOn(status);
    this.#signal.hidden = signal === null;
    this.#bars.setAttribute('class', `bars bars-${signal?.bars ?? 0}`);
    setText(this.#signalText, signal === null ? '' : `Signal ${signal.text}`);
    setText(this.#version, version === null ? '' : `Firmware ${version}`);
    const noun = waiting === 1 ? 'reading waits' : 'readings wait';
    setText(this.#waiting, waiting === null ? '' : `${waiting.toLocaleString()} ${noun} on the device`);
  }

  #showAccount(known: Known | null, now: number): void {
    const logs = known?.info.ledger ?? [];
    const account = logs.length === 0 ? null : accountInWords(logs, known?.week ?? null, now);
    setText(this.#account, account?.text ?? '');
    this.#account.classList.toggle('attention', account?.attention ?? false);
  }
}

/** Fills a list where it doesn't hold just these already, in this order. */
function fill(list: HTMLElement, subjects: Subject[], items: Map<string, Tile | SilentRow>): void {
  const roots = subjects.map(({ key }) => items.get(key)?.root).filter((root) => root !== undefined);
  if (roots.some((root, i) => list.children[i] !== root) || list.children.length !== roots.length)
    list.replaceChildren(...roots);
}

/** Four bars of growing height, of which the style fills as many as the class says; the text beside it says it too. */
function bars(): SVGSVGElement {
  const columns = Array.from({ length: BARS }, (_, i) => {
    const height = 3 + 3 * i;
    return drawing('rect', { x: `${i * 4}`, y: `${12 - height}`, width: '3', height: `${height}`, rx: '0.8' });
  });
  return drawing('svg', { class: 'bars', viewBox: '0 0 15 12', 'aria-hidden': 'true' }, ...columns);
}
