/** What people say of a device: its name, which all of its series carry. */
import type { Api } from '../data/api.js';
import type { Inventory } from '../data/inventory.js';
import { part, setText } from '../element.js';
import { Modal } from './modal.js';
import type { Token } from './token.js';

export class DeviceDialog {
  readonly #modal = new Modal('device');
  readonly #title = part('device-title', HTMLElement);
  readonly #name = part('device-name', HTMLInputElement);
  readonly #api: Api;
  readonly #inventory: Inventory;
  readonly #token: Token;

  constructor(api: Api, inventory: Inventory, token: Token) {
    this.#api = api;
    this.#inventory = inventory;
    this.#token = token;
  }

  open(): void {
    this.#modal.open();
  }

  /** The answer: whether anything was changed. */
  async edit(id: string): Promise<boolean> {
    const device = this.#inventory.devices.find((one) => one.id === id);
    if (device === undefined) return false;
    setText(this.#title, `Device ${id}`);
    this.#name.value = device.name;
    return this.#modal.ask(() =>
      this.#token.use(async (token) => {
        const patch = { device_desc: this.#name.value.trim() };
        for (const series of this.#inventory.seriesOf(id)) await this.#api.patchSeries(series, patch, token);
      }),
    );
  }
}
