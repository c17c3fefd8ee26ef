/** All devices' cards, in the order of the inventory. */
import type { Days } from './day.js';
import { DeviceCard } from './device-card.js';
import type { Inventory } from './inventory.js';

export class Cards {
  readonly #host: HTMLElement;
  readonly #choose: (key: string, chosen: boolean) => void;
  readonly #cards = new Map<string, DeviceCard>();

  constructor(host: HTMLElement, choose: (key: string, chosen: boolean) => void) {
    this.#host = host;
    this.#choose = choose;
  }

  show(inventory: Inventory, days: Days, chosen: Set<string>, now: number): void {
    const roots = inventory.devices.map((device) => {
      const card = this.#cards.get(device.id) ?? new DeviceCard(device.id, this.#choose);
      this.#cards.set(device.id, card);
      card.show(device, inventory.infos.get(device.id) ?? null, days, chosen, now);
      return card.root;
    });
    if (roots.some((root, i) => this.#host.children[i] !== root) || this.#host.children.length !== roots.length)
      this.#host.replaceChildren(...roots);
  }
}
