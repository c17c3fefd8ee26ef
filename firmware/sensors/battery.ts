/** The battery, measured through a divider at an analog pin. */
import type { Sensor, Values } from './sensor.js';

export interface BatteryOptions {
  /** the pin, as a share of the converter's full scale, 0 to 1 */
  read: () => number;
  /** volts of the battery at which the pin is at full scale: the converter's reference times the divider's ratio */
  fullScale_V: number;
}

/** `battery`: `batt_V`, in whole millivolts; null where the pin can't be read. */
export class Battery implements Sensor {
  private readonly read: () => number;
  private readonly fullScale_V: number;

  constructor({ read, fullScale_V }: BatteryOptions) {
    this.read = read;
    this.fullScale_V = fullScale_V;
  }

  sample(done: (values: Values) => void): void {
    done({ battery: { batt_V: this.volts() } });
  }

  blank(): Values {
    return { battery: { batt_V: null } };
  }

  close(): void {}

  private volts(): number | null {
    let share: number;
    try {
      share = this.read();
    } catch {
      return null;
    }
    return share >= 0 && share <= 1 ? Math.round(share * this.fullScale_V * 1000) / 1000 : null;
  }
}
