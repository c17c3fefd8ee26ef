/** What this reader wants on every visit: kept in the browser, not in the link. */
import type { Scale } from '../words/units.js';

const SCALE = 'thermowell.scale';

/** Where people read temperatures in Fahrenheit. */
const FAHRENHEIT = new Set(['US', 'LR', 'BS', 'BZ', 'KY', 'PW', 'FM', 'MH']);

export class Preferences {
  #scale: Scale = 'C';
  #listener: () => void = () => undefined;

  get scale(): Scale {
    return this.#scale;
  }

  /** @param listener told when the reader has changed one */
  open(listener: () => void): void {
    this.#listener = listener;
    const kept = read();
    this.#scale = kept === 'C' || kept === 'F' ? kept : usual();
  }

  choose(scale: Scale): void {
    this.#scale = scale;
    try {
      localStorage.setItem(SCALE, scale);
    } catch {
      // A browser that keeps nothing: then it holds for this visit.
    }
    this.#listener();
  }
}

function read(): string | null {
  try {
    return localStorage.getItem(SCALE);
  } catch {
    return null;
  }
}

function usual(): Scale {
  return FAHRENHEIT.has(new Intl.Locale(navigator.language).region ?? '') ? 'F' : 'C';
}
