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
  private readonly options: RadioOptions;
  /** made when it is needed: that switches the radio on */
  private wifi: WiFi | null = null;

  constructor(options: RadioOptions) {
    this.options = options;
  }

  get link(): Link {
    const connection = this.wifi?.connection ?? 200;
    return connection >= 500 ? 'up' : connection >= 300 ? 'joining' : 'down';
  }

  /** dBm, null while there is none. */
  get rssi(): number | null {
    return this.wifi?.RSSI ?? null;
  }

  join(): void {
    const { ssid, password } = this.options;
    this.wifi ??= new WiFi({ onChanged: () => this.options.onChange() });
    this.wifi.connect(password === '' ? { SSID: ssid } : { SSID: ssid, password });
  }

  leave(): void {
    this.wifi?.disconnect();
  }
}
