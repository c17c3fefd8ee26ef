/** Everything the reader can change: a door to the dialogs. */
import type { Api } from '../data/api.js';
import type { Clock } from '../data/clock.js';
import type { Inventory } from '../data/inventory.js';
import { DeviceDialog } from './device-dialog.js';
import { SeriesDialog } from './series-dialog.js';
import { Token } from './token.js';

export class Care {
  readonly #token = new Token();
  readonly #series: SeriesDialog;
  readonly #device: DeviceDialog;
  readonly #changed: () => void;

  /** @param changed told when something was changed, so that it is time to ask */
  constructor(api: Api, clock: Clock, inventory: Inventory, changed: () => void) {
    this.#series = new SeriesDialog(api, clock, inventory, this.#token);
    this.#device = new DeviceDialog(api, inventory, this.#token);
    this.#changed = changed;
  }

  open(): void {
    this.#token.open();
    this.#series.open();
    this.#device.open();
  }

  editSeries(key: string): void {
    void this.#series.edit(key).then((done) => done && this.#changed());
  }

  editDevice(id: string): void {
    void this.#device.edit(id).then((done) => done && this.#changed());
  }
}
