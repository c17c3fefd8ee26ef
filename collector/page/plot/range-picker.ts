/** The controls around the chart: the ranges that end now, a step earlier or later, a span of the reader's own; its zone. */
import { BEFORE, COMPARISONS, type Comparison } from '../data/comparison.js';
import { element, part, setText } from '../element.js';
import type { Preset, Span } from '../data/range.js';
import { isSpan, PRESETS } from '../data/range.js';
import { spanInWords, zoneInWords } from '../words/time.js';
import type { View } from '../view-state.js';

export interface RangeListener {
  range(preset: Preset): void;
  span(span: Span): void;
  compare(comparison: Comparison | null): void;
  /** a part of the shown span; negative is earlier */
  pan(part: number): void;
  reset(): void;
}

const STEP = 0.5;

export class RangePicker {
  readonly #presets = part('presets', HTMLFieldSetElement);
  readonly #from = part('from', HTMLInputElement);
  readonly #to = part('to', HTMLInputElement);
  readonly #now = part('now', HTMLButtonElement);
  readonly #later = part('later', HTMLButtonElement);
  readonly #span = part('span', HTMLElement);
  readonly #zone = part('zone', HTMLElement);
  readonly #compare = part('compare', HTMLSelectElement);
  readonly #boxes = new Map<Preset, HTMLInputElement>();
  readonly #listener: RangeListener;

  constructor(listener: RangeListener) {
    this.#listener = listener;
  }

  open(): void {
    for (const preset of PRESETS) {
      const box = element('input', { type: 'radio', name: 'range', value: preset });
      // A click and not a change: the range that is already chosen brings the reader back from a zoom.
      box.addEventListener('click', () => this.#listener.range(preset));
      this.#boxes.set(preset, box);
      const name = preset === 'all' ? 'All' : `${preset.charAt(0).toUpperCase()}${preset.slice(1)}`;
      this.#presets.append(element('label', { class: 'preset' }, box, element('span', {}, name)));
    }
    for (const comparison of COMPARISONS)
      this.#compare.append(element('option', { value: comparison }, `with ${BEFORE[comparison]}`));
    this.#compare.addEventListener('change', () => {
      const chosen = COMPARISONS.find((comparison) => comparison === this.#compare.value);
      this.#listener.compare(chosen ?? null);
    });
    part('earlier', HTMLButtonElement).addEventListener('click', () => this.#listener.pan(-STEP));
    this.#later.addEventListener('click', () => this.#listener.pan(STEP));
    this.#now.addEventListener('click', () => this.#listener.reset());
    const details = this.#span.closest('details');
    details?.addEventListener('keydown', ({ key }) => {
      if (key !== 'Escape' || !details.open) return;
      details.open = false;
      this.#span.focus();
    });
    details?.addEventListener('focusout', ({ relatedTarget }) => {
      // null: the browser's own calendar, or nothing that could have the focus
      if (relatedTarget instanceof Node && !details.contains(relatedTarget)) details.open = false;
    });
    for (const input of [this.#from, this.#to]) input.addEventListener('change', () => this.#picked(input));
  }

  show({ range, zoom, compare }: View, span: Span): void {
    this.#compare.value = compare ?? '';
    const box = this.#boxes.get(range);
    if (box !== undefined) box.checked = true;
    this.#now.disabled = zoom === null;
    this.#later.disabled = zoom === null;
    setText(this.#span, spanInWords(span));
    setText(this.#zone, zoneInWords(span));
    for (const [input, time] of [
      [this.#from, span.from],
      [this.#to, span.to],
    ] as const)
      if (document.activeElement !== input) input.value = localMinute(time);
  }

  /** Also while somebody is typing: the year 2026 begins as 2, which is nothing to be told of. */
  #picked(input: HTMLInputElement): void {
    // A date and time without a zone is read in the reader's.
    const span = { from: Date.parse(this.#from.value), to: Date.parse(this.#to.value) };
    for (const end of [this.#from, this.#to]) end.setCustomValidity('');
    if (isSpan(span)) this.#listener.span(span);
    else if (span.from >= 0 && span.to >= 0) {
      input.setCustomValidity('The end has to be after the beginning');
      input.reportValidity();
    }
  }
}

/** The way `datetime-local` wants a time: the reader's wall clock, to the minute. */
function localMinute(time: number): string {
  const offset = new Date(time).getTimezoneOffset() * 60_000;
  return new Date(time - offset).toISOString().slice(0, 16);
}
