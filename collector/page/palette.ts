/** The colours, as style.css defines them for light and for dark; the canvas has to be told, the rest has classes. */

/** How many colours for curves there are (`--tone-0` …); beyond them curves are dashed and the colours begin again. */
export const TONES = 8;

const DASHES = [[], [7, 4], [2, 3]];

/** The dashes of the curve with this place in the palette; none for the first ones. */
export function dashOf(tone: number): number[] {
  return DASHES[Math.floor(tone / TONES) % DASHES.length] ?? [];
}

/** The colour of the curve with this place in the palette, `#rrggbb`. */
export function toneOf(tone: number): string {
  return colour(`tone-${tone % TONES}`);
}

/** A colour of style.css by the name of its property. */
export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** The same `#rrggbb`, let through by `alpha` (0 to 1). */
export function faint(colour: string, alpha: number): string {
  return `${colour}${Math.round(alpha * 255)
    .toString(16)
    .padStart(2, '0')}`;
}
