import type { Answer } from '../../firmware/protocol/reply.js';

/** The real way of one device to a real collector. */
export interface Exchange {
  /** Sends a batch and resolves to the answer that came back. Rejects where none did. One at a time. */
  exchange(body: string): Promise<Answer>;
  /** What is under way is never answered. */
  close(): void;
}

/** How all devices of a simulation reach their collector. */
export interface Transport {
  /** where they send to, without secrets */
  address: string;
  /** goes into each batch; null where the connection has it */
  token: string | null;
  open(device_id: string): Exchange;
}

/** How long a real answer may take, in real time. */
export const REAL_TIMEOUT_MS = 30_000;

/** JSON as it came, null where it is none. */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
