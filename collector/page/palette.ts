/** The colours, as style/base.css defines them for light and for dark; the canvas has to be told, the rest has classes. */

/** How many colours for curves there are (`--tone-0` …); beyond them curves are dashed and the colours begin again. */
export const TONES = 8;

const DASHES = [[], [7, 4], [2, 3]];

/** What colour something has. */
export interface Tinted {
  /** its place in the palette */
  tone: number;
  /** what people chose for it, `#rrggbb`; null: the palette's */
  colour: string | null;
}

/** The dashes of a curve; none for the first ones and for those with a colour of their own. */
export function dashOf({ tone, colour }: Tinted): number[] {
  return colour === null ? (DASHES[Math.floor(tone / TONES) % DASHES.length] ?? []) : [];
}

/** The colour of a curve, `#rrggbb`. */
export function tintOf({ tone, colour: own }: Tinted): string {
  return own ?? colour(`tone-${tone % TONES}`);
}

/** Gives an element a colour, `--tone` in the style. */
export function paint(target: HTMLElement, { tone, colour }: Tinted): void {
  target.dataset['tone'] = `${tone % TONES}`;
  if (colour === null) target.style.removeProperty('--tone');
  else target.style.setProperty('--tone', colour);
}

/** A colour of the style by the name of its property. */
export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** The same `#rrggbb`, let through by `alpha` (0 to 1). */
export function faint(colour: string, alpha: number): string {
  return `${colour}${Math.round(alpha * 255)
    .toString(16)
    .padStart(2, '0')}`;
}
