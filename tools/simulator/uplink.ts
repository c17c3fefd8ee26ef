/**
 * The firmware's way to the collector in Node: a real exchange, over HTTP or MQTT, through a modelled network. A simulated
 * history stands still while a real one is under way, and the collector's `now` is translated into it.
 */
import { setTimeout } from 'node:timers/promises';
import { isObject } from '../../firmware/protocol/json.js';
import type { Answer } from '../../firmware/protocol/reply.js';
import type { Uplink } from '../../firmware/uplinks/uplink.js';
import type { VirtualClock } from './clock.js';
import type { Exchange } from './exchange.js';
import type { Network } from './network.js';

/** How long the device waits for an answer, on its own clock. */
const TIMEOUT_MS = 15_000;
/** A history waits so long in real time after each real failure, so that a collector that starts again is met. */
const REAL_PAUSE_MS = 200;

const NOTHING: Answer = Object.freeze({ status: null, body: null });

export interface SimulatedUplinkOptions {
  /** closed with the uplink */
  way: Exchange;
  clock: VirtualClock;
  network: Network;
  /** told of every answer that really came, and with null of every request that really failed */
  onAnswer?: (answer: Answer | null) => void;
}

export class SimulatedUplink implements Uplink {
  readonly #way: Exchange;
  readonly #clock: VirtualClock;
  readonly #network: Network;
  readonly #onAnswer: (answer: Answer | null) => void;
  #open = true;

  constructor({ way, clock, network, onAnswer = () => {} }: SimulatedUplinkOptions) {
    this.#way = way;
    this.#clock = clock;
    this.#network = network;
    this.#onAnswer = onAnswer;
  }

  send(body: string, done: (answer: Answer) => void): void {
    const fate = this.#network.fate(this.#clock.now());
    if (fate === 'refused') return this.#answer(NOTHING, this.#network.latency(), done);
    if (fate === 'request lost') return this.#answer(NOTHING, TIMEOUT_MS, done);
    const release = this.#clock.hold();
    void this.#exchange(body).then((answer) => {
      const latency = this.#network.latency();
      if (fate === 'delivered' && answer !== null) this.#answer(this.#translated(answer, latency), latency, done);
      else this.#answer(NOTHING, TIMEOUT_MS, done);
      release();
    });
  }

  /** What is under way is never answered. */
  close(): void {
    this.#open = false;
    this.#way.close();
  }

  #answer(answer: Answer, ms: number, done: (answer: Answer) => void): void {
    if (!this.#open) return;
    this.#clock.after(ms, () => {
      if (this.#open) done(answer);
    });
  }

  async #exchange(body: string): Promise<Answer | null> {
    const answer = await this.#way.exchange(body).catch(() => null);
    if (!this.#open) return null;
    this.#onAnswer(answer);
    if (answer === null) await setTimeout(REAL_PAUSE_MS);
    return answer;
  }

  /** In a history the collector's clock shows a time to come: there it is the time halfway through the exchange. */
  #translated(answer: Answer, latency: number): Answer {
    const { body } = answer;
    if (this.#clock.isLive || !isObject(body) || !('now' in body)) return answer;
    return { ...answer, body: { ...body, now: this.#clock.now() + latency / 2 } };
  }
}
