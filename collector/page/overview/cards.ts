/** All devices' cards, in the order of the inventory. */
import type { Days } from '../data/day.js';
import type { Inventory } from '../data/inventory.js';
import type { Weeks } from '../data/week.js';
import { DeviceCard, type CardListener } from './device-card.js';

export class Cards {
  readonly #host: HTMLElement;
  readonly #listener: CardListener;
  readonly #cards = new Map<string, DeviceCard>();

  constructor(host: HTMLElement, listener: CardListener) {
    this.#host = host;
    this.#listener = listener;
  }

  show(inventory: Inventory, days: Days, weeks: Weeks, chosen: Set<string>, now: number): void {
    const roots = inventory.devices.map((device) => {
      const card = this.#cards.get(device.id) ?? new DeviceCard(device.id, this.#listener);
      this.#cards.set(device.id, card);
      const info = inventory.infos.get(device.id);
      card.show(device, info === undefined ? null : { info, week: weeks.of(info) }, days, chosen, now);
      return card.root;
    });
    if (roots.some((root, i) => this.#host.children[i] !== root) || this.#host.children.length !== roots.length)
      this.#host.replaceChildren(...roots);
  }
}
