/** A device: its name, how it is, the tiles of its traces, and what became of its readings. */
import { accountInWords } from './account.js';
import { ageInWords } from './age.js';
import type { DeviceShape } from '../../firmware/protocol/rest.js';
import type { Days } from './day.js';
import { element, setText } from './element.js';
import { Tile } from './tile.js';
import type { Device } from './trace.js';

export class DeviceCard {
  readonly root: HTMLElement;
  readonly #choose: (key: string, chosen: boolean) => void;
  readonly #name: HTMLHeadingElement;
  readonly #state = element('p', { class: 'device-state' });
  readonly #list = element('ul', { class: 'tiles' });
  readonly #silent = element('p', { class: 'device-silent' });
  readonly #account = element('p', { class: 'device-account' });
  readonly #tiles = new Map<string, Tile>();

  constructor(id: string, choose: (key: string, chosen: boolean) => void) {
    this.#choose = choose;
    this.#name = element('h2', { id: `device-${id}` });
    this.root = element(
      'section',
      { class: 'device', 'aria-labelledby': this.#name.id },
      element('header', { class: 'device-head' }, this.#name, this.#state),
      this.#list,
      this.#silent,
      this.#account,
    );
  }

  show(device: Device, info: DeviceShape | null, days: Days, chosen: Set<string>, now: number): void {
    setText(this.#name, device.name);
    this.#name.title = [device.id, ...firmwareOf(info)].join(' · ');
    setText(this.#state, info === null ? '' : stateInWords(info, now));
    setText(this.#silent, device.silent.length === 0 ? '' : `Nothing yet from ${device.silent.join(', ')}`);
    this.#showAccount(info);
    for (const trace of device.traces) {
      const tile = this.#tiles.get(trace.key) ?? new Tile(trace.key, this.#choose);
      this.#tiles.set(trace.key, tile);
      tile.show(trace, days.of(trace.key), chosen.has(trace.key), now);
    }
    const tiles = device.traces.map(({ key }) => this.#tiles.get(key)?.root).filter((root) => root !== undefined);
    if (tiles.some((tile, i) => this.#list.children[i] !== tile) || this.#list.children.length !== tiles.length)
      this.#list.replaceChildren(...tiles);
  }

  #showAccount(info: DeviceShape | null): void {
    const account = info === null ? null : accountInWords(info.ledger);
    setText(this.#account, account?.text ?? '');
    this.#account.classList.toggle('attention', account?.attention ?? false);
  }
}

function stateInWords({ seen, status }: DeviceShape, now: number): string {
  const parts = [`seen ${ageInWords(seen, now)}`];
  if (typeof status?.['rssi'] === 'number') parts.push(`${status['rssi'].toLocaleString()}\u00a0dBm`);
  return parts.join(' · ');
}

function firmwareOf(info: DeviceShape | null): string[] {
  const version = info?.status?.['version'];
  return typeof version === 'string' ? [`firmware ${version}`] : [];
}
