/** A device's deep sleep: the memory that outlasts it, and an oscillator that makes it longer or shorter than asked. */
import type { Memory, Power } from '../../firmware/power.js';
import type { VirtualClock } from './clock.js';
import type { Random } from './random.js';

/** ESP8266's: the least that a chip has. */
const MEMORY_BYTES = 384;
const LONGEST_MS = 3_600_000;
/** Chips differ by this share, and one sleep from the next by a tenth of it. */
const OFF = 0.03;
/** From a wake to the firmware's first step, ms. */
const BOOT_MS = 250;

export class Sleep {
  readonly memory: Memory;
  readonly #clock: VirtualClock;
  readonly #random: Random;
  readonly #onSleep: () => void;
  readonly #factor: number;
  #bytes = new Uint8Array(MEMORY_BYTES);
  #asleep = false;
  #over = false;

  /** @param onSleep the power of all but the memory goes */
  constructor(clock: VirtualClock, random: Random, onSleep: () => void) {
    this.#clock = clock;
    this.#random = random;
    this.#onSleep = onSleep;
    this.#factor = 1 + OFF * (2 * random.next() - 1);
    this.memory = {
      byteLength: MEMORY_BYTES,
      read: () => this.#bytes.slice(),
      write: (bytes) => this.#bytes.set(bytes),
    };
  }

  /** The sleep is over, and nobody has called `wake` yet. */
  get over(): boolean {
    return this.#over;
  }

  /** The power as a life finds it that begins now. */
  wake(): Power {
    const reset = this.#asleep ? 'deep-sleep' : 'power-on';
    this.#asleep = this.#over = false;
    return { reset, longestMs: LONGEST_MS, sleep: (ms) => this.#sleep(ms) };
  }

  /** The power goes: the memory holds anything. */
  lose(): void {
    this.#asleep = this.#over = false;
    this.#bytes = Uint8Array.from(this.#bytes, () => this.#random.integer(256));
  }

  #sleep(ms: number): void {
    this.#onSleep();
    this.#clock.clear();
    this.#asleep = true;
    const really = ms * this.#factor * (1 + (OFF / 10) * (2 * this.#random.next() - 1));
    this.#clock.after(really + BOOT_MS, () => (this.#over = true));
  }
}
