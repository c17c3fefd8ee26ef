/** °C or °F. */
import { element, part } from './element.js';
import type { Preferences } from './data/preferences.js';
import type { Scale } from './words/units.js';

const SCALES: [scale: Scale, name: string][] = [
  ['C', 'Celsius'],
  ['F', 'Fahrenheit'],
];

export class ScaleSwitch {
  readonly #preferences: Preferences;

  constructor(preferences: Preferences) {
    this.#preferences = preferences;
  }

  open(): void {
    const host = part('scale', HTMLFieldSetElement);
    for (const [scale, name] of SCALES) {
      const box = element('input', { type: 'radio', name: 'scale', value: scale, 'aria-label': name });
      box.checked = this.#preferences.scale === scale;
      box.addEventListener('change', () => this.#preferences.choose(scale));
      host.append(element('label', { class: 'preset' }, box, element('span', { 'aria-hidden': 'true' }, `°${scale}`)));
    }
  }
}
