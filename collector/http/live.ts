/** `GET /live` and `GET /series/<id>/live`: points as server-sent events, as soon as they are on disk. */
import type { ServerResponse } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { storedSince } from './catch-up.js';
import { doc } from './doc.js';
import type { Follower } from './followers.js';
import type { LiveEvent } from './live-hub.js';
import type { ById, Parts, Resource } from './parts.js';
import { seriesNamed } from './series.js';

const RETRY_MS = 3000;

/** A comment now and then keeps proxies from closing the connection (conventions.md). */
const COMMENT_MS = 15_000;

const HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache',
  'x-accel-buffering': 'no',
  'access-control-allow-origin': '*',
  'x-content-type-options': 'nosniff',
};

export const live: Resource = (app, parts) => {
  const { followers } = parts;

  const start = async (request: FastifyRequest, reply: FastifyReply, series: number | null): Promise<void> => {
    followers.checkRoom();
    reply.hijack();
    const client = new LiveClient(reply.raw, series, parts);
    followers.join(client);
    reply.raw.on('close', () => {
      followers.leave(client);
      client.close();
    });
    try {
      await client.open(lastEventId(request));
    } catch (error) {
      // too late for a status: the client comes back and is told then
      request.log.error({ err: error }, 'following the points failed');
      client.close();
    }
  };

  app.get('/live', { exposeHeadRoute: false, schema: doc.live }, (request, reply) => start(request, reply, null));

  app.get('/series/:id/live', { exposeHeadRoute: false, schema: doc.liveSeries }, async (request: ById, reply) => {
    const { id } = await seriesNamed(request.params.id, parts.store);
    await start(request, reply, id);
  });

  app.head('/live', { schema: { hide: true } }, async (_request, reply) => reply.headers(HEADERS).send());

  app.head('/series/:id/live', { schema: { hide: true } }, async (request: ById, reply) => {
    await seriesNamed(request.params.id, parts.store);
    return reply.headers(HEADERS).send();
  });

  app.addHook('preClose', async () => followers.close());
};

/** One connection: first what it missed, then what arrives. */
class LiveClient implements Follower {
  readonly #response: ServerResponse;
  readonly #series: number | null;
  readonly #parts: Parts;
  #stop: (() => void) | null = null;
  #comments: NodeJS.Timeout | null = null;

  constructor(response: ServerResponse, series: number | null, parts: Parts) {
    this.#response = response;
    this.#series = series;
    this.#parts = parts;
  }

  /** @param last the id of the last event the client has, or null */
  async open(last: number | null): Promise<void> {
    this.#response.writeHead(200, HEADERS);
    this.#response.write(`retry: ${RETRY_MS}\n\n`);
    this.#comments = setInterval(() => this.#write(': still here\n\n'), COMMENT_MS);
    const missed = last === null ? [] : this.#parts.live.since(last, this.#series);
    if (last !== null && missed === null && this.#series !== null) return this.#catchUp(this.#series, last);
    this.#send(missed ?? []);
    this.#follow();
  }

  close(): void {
    this.#stop?.();
    this.#stop = null;
    if (this.#comments !== null) clearInterval(this.#comments);
    this.#response.end();
  }

  get waiting(): number {
    return this.#closed ? 0 : this.#response.writableLength;
  }

  drop(): void {
    this.#response.destroy();
  }

  /** Sends what the store has after `last`, until a look finds nothing more and nothing arrived meanwhile. */
  async #catchUp(series: number, last: number): Promise<void> {
    let quiet = false;
    const stop = this.#parts.live.subscribe((arrived) => {
      if (arrived === series) quiet = false;
    });
    try {
      while (!quiet && !this.#closed) {
        quiet = true;
        for await (const events of storedSince(this.#parts.store, series, last)) {
          this.#send(events);
          await this.#drained();
          await setImmediate();
          last = events.at(-1)!.id;
          quiet = false;
          if (this.#closed) return;
        }
      }
      // no waiting between the last look and this, so that nothing falls in between
      this.#follow();
    } finally {
      stop();
    }
  }

  #follow(): void {
    if (this.#closed) return;
    this.#stop = this.#parts.live.subscribe((series, events) => {
      if (this.#series === null || this.#series === series) this.#send(events());
    });
  }

  get #closed(): boolean {
    return this.#response.destroyed || this.#response.writableEnded;
  }

  #send(events: LiveEvent[]): void {
    if (events.length > 0) this.#write(events.map(({ frame }) => frame).join(''));
  }

  #write(text: string): void {
    if (this.#closed) return;
    this.#response.write(text);
    this.#parts.followers.weigh(this);
  }

  #drained(): Promise<void> {
    if (this.#closed || !this.#response.writableNeedDrain) return Promise.resolve();
    return new Promise((resolve) => {
      this.#response.once('drain', resolve).once('close', resolve);
    });
  }
}

function lastEventId({ headers }: FastifyRequest): number | null {
  const id = headers['last-event-id'];
  return typeof id === 'string' && /^\d{1,16}$/.test(id) ? Number(id) : null;
}
