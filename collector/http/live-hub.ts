/**
 * Hands points that have just reached the disk to whoever listens, and remembers the last ones for who comes back. As long
 * as nobody listens, nor did lately, it doesn't listen either: then points cost nothing here.
 */
import type { Block, Series, Store } from '../store/store.js';
import { namedColumns, rowText } from './point-text.js';

/** Points remembered for resuming. */
const RECENT_MAX = 10_000;

/** How long they are, when the last listener has left: a client comes back within seconds, or has been away for long. */
const REMEMBER_MS = 5 * 60_000;

/** One SSE event: the id's the point's. */
export interface LiveEvent {
  id: number;
  frame: string;
}

interface Arrival {
  series: number;
  points: Block;
}

export type LiveListener = (series: number, events: () => LiveEvent[]) => void;

export class LiveHub {
  readonly #store: Pick<Store, 'subscribe'>;
  readonly #rememberMs: number;
  readonly #listeners = new Set<LiveListener>();
  #recent: Arrival[] = [];
  #count = 0;
  #stop: (() => void) | null = null;
  #forgetting: NodeJS.Timeout | undefined;

  constructor(store: Pick<Store, 'subscribe'>, rememberMs = REMEMBER_MS) {
    this.#store = store;
    this.#rememberMs = rememberMs;
  }

  close(): void {
    this.#listeners.clear();
    this.#forget();
  }

  /** Calls the listener for each arrival; the answer ends it. Events are written once for all who want them. */
  subscribe(listener: LiveListener): () => void {
    clearTimeout(this.#forgetting);
    this.#listeners.add(listener);
    this.#stop ??= this.#store.subscribe((series, points) => this.#arrived(series, points));
    return () => {
      if (!this.#listeners.delete(listener) || this.#listeners.size > 0) return;
      this.#forgetting = setTimeout(() => this.#forget(), this.#rememberMs).unref();
    };
  }

  /** What came after the point `id`, of one series or of all (null); null when that point isn't remembered. */
  since(id: number, series: number | null): LiveEvent[] | null {
    const arrivals = this.#recent.filter((arrival) => series === null || arrival.series === series);
    const at = arrivals.findIndex(({ points }) => rowOf(points, id) !== -1);
    if (at === -1) return null;
    const [first, ...later] = arrivals.slice(at) as [Arrival, ...Arrival[]];
    return [...eventsOf(first).filter((event) => event.id > id), ...later.flatMap(eventsOf)];
  }

  #arrived({ id }: Series, points: Block): void {
    const arrival = { series: id, points };
    this.#recent.push(arrival);
    this.#count += points.length;
    while (this.#count > RECENT_MAX && this.#recent.length > 1) this.#count -= this.#recent.shift()!.points.length;
    let events: LiveEvent[] | null = null;
    for (const listener of this.#listeners) listener(id, () => (events ??= eventsOf(arrival)));
  }

  #forget(): void {
    clearTimeout(this.#forgetting);
    this.#stop?.();
    this.#stop = null;
    this.#recent = [];
    this.#count = 0;
  }
}

/** The points of a block as events, by ascending id: that is what resuming goes by. */
function eventsOf({ series, points }: Arrival): LiveEvent[] {
  const columns = namedColumns(points);
  const events = Array.from({ length: points.length }, (_, i) =>
    event(points.id[i]!, rowText(points, columns, i, series)),
  );
  return events.sort((a, b) => a.id - b.id);
}

export function event(id: number, text: string): LiveEvent {
  return { id, frame: `id: ${id}\nevent: point\ndata: ${text}\n\n` };
}

function rowOf(points: Block, id: number): number {
  return points.id.subarray(0, points.length).indexOf(id);
}
