/** The chip's Wi-Fi, over ECMA-419's interface. */
import WiFi from 'embedded:network/interface/wifi';
import type { Link, Radio } from '../network.js';

export interface RadioOptions {
  ssid: string;
  /** '' for an open network */
  password: string;
  /** called whenever `link` may have changed */
  onChange: () => void;
}

export class ChipRadio implements Radio {
  readonly #wifi: WiFi;
  readonly #options: RadioOptions;

  constructor(options: RadioOptions) {
    this.#options = options;
    this.#wifi = new WiFi({ onChanged: () => this.#options.onChange() });
  }

  get link(): Link {
    const { connection } = this.#wifi;
    return connection >= 500 ? 'up' : connection >= 300 ? 'joining' : 'down';
  }

  /** The interface's address, `24:6f:28:aa:bb:cc`; the device's id unless it is given another. */
  get mac(): string {
    return (this.#wifi.MAC ?? '').toLowerCase();
  }

  /** dBm, null while there is none. */
  get rssi(): number | null {
    return this.#wifi.RSSI ?? null;
  }

  join(): void {
    const { ssid, password } = this.#options;
    this.#wifi.connect(password === '' ? { SSID: ssid } : { SSID: ssid, password });
  }

  leave(): void {
    this.#wifi.disconnect();
  }
}
