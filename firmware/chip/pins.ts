/** Single pins, over ECMA-419's digital and analog. */
import Analog from 'embedded:io/analog';
import Digital from 'embedded:io/digital';

/** Switches a LED at a pin. @param level what lights it, 1 or 0 */
export function lamp(pin: number, level: 0 | 1): (on: boolean) => void {
  const output = new Digital({ pin, mode: Digital.Output });
  const light = (on: boolean): void => output.write(on === (level === 1) ? 1 : 0);
  light(false);
  return light;
}

/** Measures a pin, as a share of the converter's full scale, 0 to 1. On ESP32 the pins of ADC2 don't work with Wi-Fi on. */
export function gauge(pin: number): () => number {
  return () => {
    // The SDK's typings lack its `close`.
    const input = new Analog({ pin }) as Analog & { close(): void };
    try {
      return input.read() / ((1 << input.resolution) - 1);
    } finally {
      input.close();
    }
  };
}
