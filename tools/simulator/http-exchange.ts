import { Agent, request, type IncomingMessage } from 'node:http';
import { request as requestTls } from 'node:https';
import { text } from 'node:stream/consumers';
import type { Answer } from '../../firmware/protocol/reply.js';
import { pack } from '../../firmware/uplinks/http.js';
import { parse, REAL_TIMEOUT_MS, type Exchange, type Transport } from './exchange.js';

/** `PUT /batch/new`, packed as the firmware packs it, over one connection that is kept. */
export class HttpExchange implements Exchange {
  readonly #url: URL;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });

  /** `url`: of the collector; `batch/new` is added to its path. */
  constructor(url: URL) {
    this.#url = new URL('batch/new', url.href.endsWith('/') ? url : `${url.href}/`);
  }

  exchange(body: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const secure = this.#url.protocol === 'https:';
      const packed = pack(new TextEncoder().encode(body));
      const options = { method: 'PUT', headers: Object.fromEntries(packed.headers), timeout: REAL_TIMEOUT_MS };
      const sent = secure ? requestTls(this.#url, options) : request(this.#url, { ...options, agent: this.#agent });
      sent.on('error', reject);
      sent.on('timeout', () => sent.destroy(new Error('no answer in time')));
      sent.on('response', (response) => void read(response).then(resolve, reject));
      sent.end(packed.body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

export function overHttp(url: URL, token: string): Transport {
  return { address: url.href, token, open: () => new HttpExchange(url) };
}

async function read(response: IncomingMessage): Promise<Answer> {
  const answer: Answer = { status: response.statusCode ?? null, body: parse(await text(response)) };
  const retryAfter = Number(response.headers['retry-after']);
  if (retryAfter >= 0) answer.retryAfter = retryAfter;
  return answer;
}
