/** The chart by keyboard: arrows move by a quarter, + and − zoom, Escape goes back to the range. */

export interface ChartKeys {
  /** a part of the shown span; negative is earlier */
  pan(part: number): void;
  zoom(factor: number): void;
  reset(): void;
}

const STEP = 0.25;
const FACTOR = 2;

export function listenForKeys(host: HTMLElement, keys: ChartKeys): void {
  const actions: Record<string, () => void> = {
    ArrowLeft: () => keys.pan(-STEP),
    ArrowRight: () => keys.pan(STEP),
    '+': () => keys.zoom(1 / FACTOR),
    '-': () => keys.zoom(FACTOR),
    Escape: () => keys.reset(),
  };
  host.addEventListener('keydown', (event) => {
    const action = Object.hasOwn(actions, event.key) ? actions[event.key] : undefined;
    if (action === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    action();
  });
}
