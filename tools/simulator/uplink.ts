/**
 * The firmware's way to the collector in Node: real HTTP over one kept connection, through a modelled network. A
 * simulated history stands still while a real request is under way, and the collector's `now` is translated into it.
 */
import { Agent, request, type IncomingMessage } from 'node:http';
import { request as requestTls } from 'node:https';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { isObject } from '../../firmware/protocol/json.js';
import type { Answer } from '../../firmware/protocol/reply.js';
import type { Uplink } from '../../firmware/uplinks/uplink.js';
import type { VirtualClock } from './clock.js';
import type { Network } from './network.js';

/** How long the device waits for an answer, on its own clock. */
const TIMEOUT_MS = 15_000;
/** The same for a real collector, in real time. */
const REAL_TIMEOUT_MS = 30_000;
/** A history waits so long in real time after each real failure, so that a collector that starts again is met. */
const REAL_PAUSE_MS = 200;

const NOTHING: Answer = Object.freeze({ status: null, body: null });

export interface HttpUplinkOptions {
  /** of the collector; `batch/new` is added to its path */
  url: URL;
  clock: VirtualClock;
  network: Network;
  /** told of every answer that really came, and with null of every request that really failed */
  onAnswer?: (answer: Answer | null) => void;
}

export class HttpUplink implements Uplink {
  readonly #url: URL;
  readonly #clock: VirtualClock;
  readonly #network: Network;
  readonly #onAnswer: (answer: Answer | null) => void;
  readonly #agent: Agent;
  #open = true;

  constructor({ url, clock, network, onAnswer = () => {} }: HttpUplinkOptions) {
    this.#url = new URL('batch/new', url.href.endsWith('/') ? url : `${url.href}/`);
    this.#clock = clock;
    this.#network = network;
    this.#onAnswer = onAnswer;
    this.#agent = new Agent({ keepAlive: true, maxSockets: 1 });
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
    this.#agent.destroy();
  }

  #answer(answer: Answer, ms: number, done: (answer: Answer) => void): void {
    if (!this.#open) return;
    this.#clock.after(ms, () => {
      if (this.#open) done(answer);
    });
  }

  async #exchange(body: string): Promise<Answer | null> {
    const answer = await this.#put(body).catch(() => null);
    if (!this.#open) return null;
    this.#onAnswer(answer);
    if (answer === null) await setTimeout(REAL_PAUSE_MS);
    return answer;
  }

  #put(body: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const secure = this.#url.protocol === 'https:';
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
      const options = { method: 'PUT', headers, timeout: REAL_TIMEOUT_MS };
      const sent = secure ? requestTls(this.#url, options) : request(this.#url, { ...options, agent: this.#agent });
      sent.on('error', reject);
      sent.on('timeout', () => sent.destroy(new Error('no answer in time')));
      sent.on('response', (response) => void read(response).then(resolve, reject));
      sent.end(body);
    });
  }

  /** In a history the collector's clock shows a time to come: there it is the time halfway through the exchange. */
  #translated(answer: Answer, latency: number): Answer {
    const { body } = answer;
    if (this.#clock.isLive || !isObject(body) || !('now' in body)) return answer;
    return { ...answer, body: { ...body, now: this.#clock.now() + latency / 2 } };
  }
}

async function read(response: IncomingMessage): Promise<Answer> {
  const answer: Answer = { status: response.statusCode ?? null, body: parse(await text(response)) };
  const retryAfter = Number(response.headers['retry-after']);
  if (retryAfter >= 0) answer.retryAfter = retryAfter;
  return answer;
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}
