/**
 * The chart by wheel and by fingers. Wheel: zooms where the pointer is (a pinch on a touchpad is a wheel too); sideways, or
 * with Shift: moves. Dragging with Shift, or with one finger: moves. Two fingers: zoom and move. Dragging with the mouse
 * alone is uPlot's own selection.
 */
import type { Span } from '../data/range.js';
import { pan, pinch, zoom } from '../data/range.js';

export interface Gestured {
  span(): Span;
  /** while it goes on */
  preview(span: Span): void;
  /** it has ended */
  settle(): void;
}

/** A wheel has ended when it hasn't moved for so long. */
const SETTLE_MS = 220;
/** What one pixel of the wheel's way is worth; a touchpad's pinch comes in smaller steps. */
const WHEEL = 0.0016;
const PINCH = 0.01;
/** Lines and pages of a wheel that doesn't count in pixels. */
const PIXELS = [1, 24, 400];

/** @param surface what lies over the plot, as wide as its time axis */
export function listenForGestures(surface: HTMLElement, gestured: Gestured): void {
  const fingers = new Map<number, number>();
  let held: { times: number[]; span: Span } | null = null;
  let settling = 0;

  /** Where on the time axis, from 0 to 1. */
  const partAt = (x: number): number => {
    const { left, width } = surface.getBoundingClientRect();
    return width === 0 ? 0 : (x - left) / width;
  };

  surface.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      const way = (PIXELS[event.deltaMode] ?? 1) * (event.deltaY || event.deltaX);
      const sideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
      const factor = Math.exp((PIXELS[event.deltaMode] ?? 1) * event.deltaY * (event.ctrlKey ? PINCH : WHEEL));
      const span = gestured.span();
      gestured.preview(
        sideways ? pan(span, way / (surface.clientWidth || 1)) : zoom(span, factor, partAt(event.clientX)),
      );
      clearTimeout(settling);
      settling = setTimeout(() => gestured.settle(), SETTLE_MS);
    },
    { passive: false },
  );

  /** Remembers which times the fingers hold; a finger more or less begins anew. */
  const hold = (): void => {
    const span = gestured.span();
    const times = [...fingers.values()].map((x) => span.from + partAt(x) * (span.to - span.from));
    held = times.length === 0 ? null : { times, span };
  };

  const move = (): void => {
    const parts = [...fingers.values()].map(partAt);
    const [first, second] = parts;
    const [early, late] = held?.times ?? [];
    if (held === null || first === undefined || early === undefined) return;
    if (second !== undefined && late !== undefined)
      gestured.preview(pinch([early, late], [first, second], gestured.span()));
    else gestured.preview(pan(held.span, (early - held.span.from) / (held.span.to - held.span.from) - first));
  };

  const release = (event: PointerEvent): void => {
    if (!fingers.delete(event.pointerId)) return;
    hold();
    if (fingers.size === 0) gestured.settle();
  };

  surface.addEventListener('pointerdown', (event) => {
    const moves = event.pointerType === 'touch' || (event.shiftKey && event.button === 0);
    if (!moves || fingers.size === 2) return;
    surface.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, event.clientX);
    hold();
  });
  surface.addEventListener('pointermove', (event) => {
    if (!fingers.has(event.pointerId)) return;
    fingers.set(event.pointerId, event.clientX);
    move();
  });
  for (const end of ['pointerup', 'pointercancel'] as const) surface.addEventListener(end, release);
}
