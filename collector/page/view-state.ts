/**
 * What is shown: the chosen traces and the range. It lives in the address's hash, so that a link reproduces the view
 * and the browser's back button undoes a zoom:
 *
 *     #range=week&compare=year&show=4.temp_C,5.batt_V&from=2025-11-20T08:00:00.000Z&to=2025-11-21T08:00:00.000Z
 */
import { COMPARISONS, type Comparison } from './data/comparison.js';
import { isSpan, PRESETS } from './data/range.js';
import type { Preset, Span } from './data/range.js';

export interface View {
  /** trace keys; null until the reader has chosen */
  show: string[] | null;
  /** the range that `zoom` goes back to */
  range: Preset;
  /** a fixed span instead of the range; null when the view ends now and moves with it */
  zoom: Span | null;
  /** what the curves are compared with */
  compare: Comparison | null;
}

/** What a bare address shows. */
export const FIRST_VIEW: View = { show: null, range: 'day', zoom: null, compare: null };

/** Reads a hash; what can't be read is as if it weren't there. */
export function parseView(hash: string): View {
  const query = new URLSearchParams(hash.replace(/^#/, ''));
  const show = query.get('show');
  const zoom = { from: Date.parse(query.get('from') ?? ''), to: Date.parse(query.get('to') ?? '') };
  return {
    show: show === null ? null : divided(show),
    range: PRESETS.find((preset) => preset === query.get('range')) ?? FIRST_VIEW.range,
    zoom: isSpan(zoom) ? zoom : null,
    compare: COMPARISONS.find((comparison) => comparison === query.get('compare')) ?? null,
  };
}

/** The hash of a view; `parseView` reads it back. */
export function formatView({ show, range, zoom, compare }: View): string {
  const members = [`range=${range}`];
  if (compare !== null) members.push(`compare=${compare}`);
  if (show !== null) members.push(`show=${joined(show)}`);
  if (zoom !== null) members.push(`from=${new Date(zoom.from).toISOString()}`, `to=${new Date(zoom.to).toISOString()}`);
  return `#${members.join('&')}`;
}

/** Keys by comma. A field may have one in its name: there it is written `%2C`, and `%` itself `%25`. */
function joined(keys: string[]): string {
  return keys.map((key) => encodeURIComponent(key.replaceAll(/[%,]/g, encodeURIComponent))).join(',');
}

function divided(list: string): string[] {
  const keys = list.split(',').filter((key) => key !== '');
  return keys.map((key) => key.replaceAll(/%2C|%25/g, decodeURIComponent));
}

const GLIDE_MS = 3_000;

/** The view that the address holds now, and who wants to know when it changes. */
export class ViewState {
  #view: View = FIRST_VIEW;
  #listener: (view: View) => void = () => undefined;
  #glided = 0;

  get view(): View {
    return this.#view;
  }

  open(listener: (view: View) => void): void {
    this.#listener = listener;
    this.#view = parseView(location.hash);
    addEventListener('hashchange', () => this.#changed(parseView(location.hash)));
  }

  /** Another range or zoom: a step that the back button undoes. */
  go(to: Pick<View, 'zoom'> & Partial<Pick<View, 'range'>>): void {
    this.#put({ ...this.#view, ...to }, 'pushState');
  }

  /** A gesture's end: gestures that follow each other at once are one step. */
  glide(zoom: Span): void {
    const now = Date.now();
    this.#put({ ...this.#view, zoom }, now - this.#glided < GLIDE_MS ? 'replaceState' : 'pushState');
    this.#glided = now;
  }

  /** Other traces in the same range. */
  show(keys: string[]): void {
    this.#put({ ...this.#view, show: keys }, 'replaceState');
  }

  /** The same compared with another time, or with none. */
  compare(compare: Comparison | null): void {
    this.#put({ ...this.#view, compare }, 'replaceState');
  }

  #put(view: View, how: 'pushState' | 'replaceState'): void {
    const hash = formatView(view);
    if (hash !== location.hash) history[how](null, '', hash);
    this.#changed(view);
  }

  #changed(view: View): void {
    this.#view = view;
    this.#listener(view);
  }
}
