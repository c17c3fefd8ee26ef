/**
 * How much of requests' bodies may be in memory at once. What counts is what is truly there: bytes that have arrived, and what
 * they unpack to. When there is no room for more, bodies that are still coming make it, the oldest of the address that has
 * most of them, so that who floods is in nobody's way but his own. While the disk is slow and whole uploads fill the room,
 * those that come on top of them are asked to come again later.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { unpacked } from '../body.js';
import { Refusal } from '../error.js';
import { Turns } from '../store/turns.js';

/** Largest documents that may be there at the same time. */
const LARGEST_AT_ONCE = 64;

/** A body this small isn't counted: a connection's own buffers are larger. */
const SMALL = 8 * 1024;

/** Bodies that are unpacked at the same time: as many as Node has threads for it. */
const UNPACKED_AT_ONCE = 4;

/** A body, from its first byte to its answer. */
export interface Upload {
  readonly address: string;
  /** breaks it off */
  readonly end: () => void;
  /** what is in memory of it; null: it is over */
  bytes: number | null;
}

export class UnderWay {
  readonly #room: number;
  #taken = 0;
  /** not whole yet, the oldest first */
  readonly #coming = new Set<Upload>();
  readonly #ofRequests = new WeakMap<FastifyRequest, Upload>();
  readonly #turns = new Turns<number>();
  #turn = 0;

  /** `limit`: bytes of the largest body of a document; a route may take more. */
  constructor(limit: number) {
    this.#room = LARGEST_AT_ONCE * limit;
  }

  /** A body begins to come. @throws Refusal `busy` */
  begin(address: string, end: () => void): Upload {
    if (this.#taken >= this.#room && this.#oldestOfMost() === undefined) throw this.#busy();
    const upload = { address, end, bytes: 0 };
    this.#coming.add(upload);
    return upload;
  }

  /** So many bytes more of it are in memory. @throws Refusal `busy` where nothing can make room for them */
  grow(upload: Upload, bytes: number): void {
    if (upload.bytes === null) return;
    upload.bytes += bytes;
    this.#taken += bytes;
    while (this.#taken > this.#room) {
      const one = this.#oldestOfMost();
      if (one === undefined) throw this.#busy();
      this.leave(one);
      one.end();
    }
  }

  /** All of it is there. */
  complete(upload: Upload): void {
    this.#coming.delete(upload);
  }

  leave(upload: Upload): void {
    this.#coming.delete(upload);
    this.#taken -= upload.bytes ?? 0;
    upload.bytes = null;
  }

  /** Bounds what comes to a server. */
  watch(app: FastifyInstance): void {
    app.addHook('preParsing', (request, reply, payload, done) => {
      const small = isSmall(request);
      if (small && request.headers['content-encoding'] === undefined) return done();
      const end = (): void => void request.raw.destroy();
      const upload = small ? { address: request.ip, end, bytes: 0 } : this.begin(request.ip, end);
      if (!small) {
        payload.on('data', (piece: Buffer) => this.grow(upload, piece.length));
        payload.once('end', () => this.complete(upload));
      }
      this.#ofRequests.set(request, upload);
      reply.raw.once('close', () => this.leave(upload));
      done();
    });
  }

  /** What is in a request's body. @throws Refusal `malformed`, `too-large`, `busy` */
  async unpacked(request: FastifyRequest, body: Uint8Array, limit: number): Promise<Buffer> {
    const bytes = await this.#turns.take(this.#turn++ % UNPACKED_AT_ONCE, () => unpacked(body, limit));
    if (bytes.length > SMALL) this.grow(this.#ofRequests.get(request)!, bytes.length);
    return bytes;
  }

  #oldestOfMost(): Upload | undefined {
    const sums = new Map<string, number>();
    for (const { address, bytes } of this.#coming) sums.set(address, (sums.get(address) ?? 0) + bytes!);
    const most = Math.max(...sums.values());
    for (const upload of this.#coming) if (sums.get(upload.address) === most && upload.bytes! > 0) return upload;
    return undefined;
  }

  #busy(): Refusal {
    return new Refusal('busy', `Uploads of ${this.#taken} bytes are under way already`);
  }
}

/** Of one that comes in pieces nobody knows before it is there. */
function isSmall({ method, headers }: FastifyRequest): boolean {
  if (method === 'GET' || method === 'HEAD') return true;
  return headers['transfer-encoding'] === undefined && (Number(headers['content-length']) || 0) <= SMALL;
}
