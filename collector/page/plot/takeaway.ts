/** What is shown, to take away: the picture as PNG, the numbers as CSV. */
import type { Span } from '../data/range.js';
import { element, part } from '../element.js';
import { isoInZone } from '../words/time.js';
import type { Exhibit } from './line.js';
import { drawPicture } from './picture.js';
import { csvOf } from './table.js';

interface Shown extends Exhibit {
  /** the chart's; null before it was drawn */
  canvas: HTMLCanvasElement | null;
}

export class Takeaway {
  readonly #png = part('png', HTMLButtonElement);
  readonly #csv = part('csv', HTMLButtonElement);
  readonly #shown: () => Shown;

  constructor(shown: () => Shown) {
    this.#shown = shown;
  }

  open(): void {
    this.#png.addEventListener('click', () => {
      const { canvas, ...shown } = this.#shown();
      if (canvas === null) return;
      drawPicture(canvas, shown).toBlob((blob) => blob !== null && save(blob, nameOf(shown.span, 'png')), 'image/png');
    });
    this.#csv.addEventListener('click', () => {
      const shown = this.#shown();
      save(new Blob([csvOf(shown)], { type: 'text/csv;charset=utf-8' }), nameOf(shown.span, 'csv'));
    });
  }

  /** @param anything there is something to take away */
  show(anything: boolean): void {
    this.#png.disabled = !anything;
    this.#csv.disabled = !anything;
  }
}

/** Hands a file to the browser's downloads. */
function save(content: Blob, name: string): void {
  const href = URL.createObjectURL(content);
  element('a', { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}

/** `thermowell 2026-03-12 to 2026-03-19.png`: the days by the reader's calendar. */
function nameOf({ from, to }: Span, extension: string): string {
  const [first, last] = [from, to].map((time) => isoInZone(time).slice(0, 10));
  return `thermowell ${first} to ${last}.${extension}`;
}
