/**
 * The offsets of a series: from when on, how much is added. What is stored stays as it was measured, so an offset can be
 * taken back at any time.
 */
import type { CalibrationShape } from '../../../firmware/protocol/rest.js';
import type { Trace } from '../data/trace.js';
import { element, part } from '../element.js';
import { momentInWords } from '../words/time.js';

export class CalibrationEditor {
  readonly #list = part('calibration-list', HTMLElement);
  readonly #offset = part('calibration-offset', HTMLInputElement);
  readonly #from = part('calibration-from', HTMLInputElement);
  readonly #unit = part('calibration-unit', HTMLElement);
  #kept: CalibrationShape[] = [];
  #field = '';

  open(): void {
    this.#list.addEventListener('click', ({ target }) => {
      const at = target instanceof HTMLButtonElement ? Number(target.dataset['at']) : Number.NaN;
      if (Number.isNaN(at)) return;
      this.#kept = this.#kept.filter((_, i) => i !== at);
      this.#draw();
    });
  }

  /** @param trace null where there is no value yet: nothing to calibrate */
  show(trace: Trace | null, offsets: CalibrationShape[]): void {
    this.#kept = offsets;
    this.#field = trace?.field ?? '';
    this.#offset.value = '';
    this.#from.value = '';
    this.#unit.textContent = `in ${this.#field}, as stored`;
    this.#draw();
    const details = this.#list.closest('details');
    if (details === null) return;
    details.hidden = trace === null;
    details.open = offsets.length > 0;
  }

  /** What is kept and what was added, by ascending time. */
  value(): CalibrationShape[] {
    if (this.#offset.value === '') return this.#kept;
    const from = this.#from.value === '' ? 0 : Date.parse(this.#from.value);
    const added = { from, field: this.#field, offset: this.#offset.valueAsNumber };
    const others = this.#kept.filter((offset) => offset.from !== from || offset.field !== this.#field);
    return [...others, added].toSorted((a, b) => a.from - b.from);
  }

  #draw(): void {
    this.#list.replaceChildren(
      ...this.#kept.map(({ from, field, offset }, i) => {
        const since = from === 0 ? 'from the beginning' : `from ${momentInWords(from)}`;
        const text = `${offset > 0 ? '+' : ''}${offset.toLocaleString(undefined, { maximumFractionDigits: 6 })} ${since}`;
        const remove = element(
          'button',
          { type: 'button', 'data-at': `${i}`, 'aria-label': `Remove ${text}` },
          'Remove',
        );
        return element('li', {}, element('span', {}, field === this.#field ? text : `${text} (${field})`), remove);
      }),
    );
  }
}
