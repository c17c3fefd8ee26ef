/** Points as they are stored, by server-sent events (conventions.md): an unbroken row, however often the line breaks. */
import { setTimeout } from 'node:timers/promises';
import type { PointShape } from '../firmware/protocol/rest.js';
import type { Client } from './client.js';
import { ToolError } from './exit.js';

/** ms between two tries where the collector names no time */
const RETRY_MS = 3000;

export interface Follower {
  point: (point: PointShape) => Promise<void> | void;
  /** the connection is there, for the first time or again */
  connected?: () => void;
  /** it broke off, and is tried again until it comes back */
  lost?: (why: ToolError) => void;
}

/**
 * Follows one series, or all (null), until `signal`; after a break it goes on behind the last point that it saw.
 * @throws ToolError where the first connection fails, or a later one is refused
 */
export async function follow(
  client: Client,
  series: number | null,
  { point, connected, lost }: Follower,
  signal: AbortSignal,
): Promise<void> {
  let last: number | null = null;
  let retry = RETRY_MS;
  let was = false;
  while (!signal.aborted) {
    try {
      const stream = await client.live(series, last, signal);
      was = true;
      connected?.();
      for await (const event of events(stream)) {
        if (event.retry !== undefined) retry = event.retry;
        if (event.id !== undefined) last = event.id;
        if (event.data !== '') await point(JSON.parse(event.data) as PointShape);
      }
      if (!signal.aborted) lost?.(new ToolError('unreachable', 'the collector closed the connection'));
    } catch (error) {
      if (signal.aborted) return;
      const broken = error instanceof TypeError || (error instanceof ToolError && error.exit === 'unreachable');
      if (!broken || !was) throw error;
      lost?.(error instanceof ToolError ? error : new ToolError('unreachable', error.message, { cause: error }));
    }
    await setTimeout(retry, undefined, { signal }).catch(() => undefined);
  }
}

interface LiveEvent {
  id?: number;
  data: string;
  /** ms */
  retry?: number;
}

/** The events in a stream (WHATWG HTML §9.2.6), as far as our collector sends them: comments are passed over. */
async function* events(stream: AsyncIterable<Uint8Array>): AsyncGenerator<LiveEvent> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const piece of stream) {
    text += decoder.decode(piece, { stream: true });
    const frames = text.split('\n\n');
    text = frames.pop()!;
    for (const frame of frames) yield readEvent(frame);
  }
}

function readEvent(frame: string): LiveEvent {
  const event: LiveEvent = { data: '' };
  for (const line of frame.split('\n')) {
    const [, name, value] = /^(\w+): ?(.*)$/.exec(line) ?? [];
    if (name === 'data') event.data += value!;
    else if (name === 'id') event.id = Number(value);
    else if (name === 'retry') event.retry = Number(value);
  }
  return event;
}
