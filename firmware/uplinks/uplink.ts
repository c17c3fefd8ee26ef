import type { Answer } from '../protocol/reply.js';

/** The way to the collector: HTTP, MQTT. */
export interface Uplink {
  /** Sends one encoded batch and calls back exactly once; `status` null when no answer came in time. */
  send(body: string, done: (answer: Answer) => void): void;
  close(): void;
}

export const NO_ANSWER: Answer = Object.freeze({ status: null, body: null });
