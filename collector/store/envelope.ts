/**
 * How data is held in a file:
 *
 *   {"version":1,"checksum":"9f3a17c2","data":{…}}\n
 *
 * `checksum` is the CRC-32, in hex, of the text of `data`, byte for byte. `version`: 2 for chunks since there are slices in
 * them (slices.ts), 1 for all else. In a file whose name ends in `.gz` the same text is compressed.
 */
import { promisify } from 'node:util';
import { crc32, gunzip, gunzipSync, gzip, type ZlibOptions } from 'node:zlib';
import { damage } from './disk.js';
import { jsonPieces } from './json-pieces.js';
import { Pauses, WORK } from './pauses.js';

const VERSION = 1;
/** The highest that can be read. */
const NEWEST = 2;
const HEAD = /^\{"version":(\d+),"checksum":"([0-9a-f]{8})","data":/;
const TAIL = '}\n';

/** Packed bytes that are unpacked here and now: it takes 0.1 ms, and as much again to have somebody else do it. */
const AT_ONCE = 16 * 1024;

/** Bytes that are written and synced at once. */
export const PART = 256 * 1024;

/** Bytes, and where in the file they belong. */
export interface Part {
  at: number;
  bytes: Buffer;
}

/** What a file's bytes are for the data in it. */
export interface Codec<T> {
  /** Part by part, so that what is long is never all in memory; one may lie over the beginning of one before. */
  encode(data: T): AsyncIterable<Part>;
  /** @throws StoreError `damaged` */
  decode(bytes: Buffer): Promise<T>;
}

export interface EnvelopeOptions {
  version?: number;
  /** how to pack it, where it is packed */
  gzip?: ZlibOptions;
  /** of the work beside which this is done */
  pauses?: Pauses;
}

/** One envelope, and nothing else. */
export class Envelope<T> implements Codec<T> {
  readonly #file: string;
  readonly #version: number;
  readonly #gzip: ZlibOptions;
  readonly #pauses: Pauses;

  /** `file` names it in errors. */
  constructor(file: string, { version = VERSION, gzip: options = {}, pauses = new Pauses() }: EnvelopeOptions = {}) {
    this.#file = file;
    this.#version = version;
    this.#gzip = options;
    this.#pauses = pauses;
  }

  async *encode(data: T): AsyncGenerator<Part> {
    const pauses = this.#pauses.beside();
    if (this.#file.endsWith('.gz')) {
      const bytes = await seal(data, this.#version, pauses);
      yield { at: 0, bytes: await pauses.wait(promisify(gzip)(bytes, this.#gzip)) };
    } else {
      yield* parts(data, this.#version, pauses);
    }
  }

  async decode(bytes: Buffer): Promise<T> {
    return unseal(this.#file.endsWith('.gz') ? await this.#unpack(bytes) : bytes.toString(), this.#file) as T;
  }

  async #unpack(bytes: Buffer): Promise<string> {
    try {
      return (bytes.length <= AT_ONCE ? gunzipSync(bytes) : await promisify(gunzip)(bytes)).toString();
    } catch (error) {
      throw damage(this.#file, 0, `it can't be unpacked: ${String(error)}`, error);
    }
  }
}

/** Puts data in an envelope. */
export async function seal(data: unknown, version: number, pauses: Pauses): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const { at, bytes } of parts(data, version, pauses)) {
    if (at === 0 && all.length > 0) bytes.copy(all[0]!);
    else all.push(bytes);
  }
  return all.length === 1 ? all[0]! : Buffer.concat(all);
}

/** The last is the beginning again, once the checksum is known, but where all is in one. */
async function* parts(data: unknown, version: number, pauses: Pauses): AsyncGenerator<Part> {
  let at = 0;
  let checksum = 0;
  let gathered = [headOf(version, 0)];
  let length = gathered[0]!.length;
  for (const piece of jsonPieces(data)) {
    const bytes = Buffer.from(piece);
    checksum = crc32(bytes, checksum);
    gathered.push(bytes);
    length += bytes.length;
    if (length >= PART) {
      pauses.stop();
      yield { at, bytes: Buffer.concat(gathered) };
      pauses.goOn();
      at += length;
      gathered = [];
      length = 0;
    }
    await pauses.did(bytes.length * WORK.bytes);
  }
  gathered.push(Buffer.from(TAIL));
  if (at === 0) gathered[0] = headOf(version, checksum);
  pauses.stop();
  yield { at, bytes: Buffer.concat(gathered) };
  if (at > 0) yield { at: 0, bytes: headOf(version, checksum) };
  pauses.goOn();
}

/** As long, whatever the checksum. */
function headOf(version: number, checksum: number): Buffer {
  return Buffer.from(`{"version":${version},"checksum":"${hex(checksum)}","data":`);
}

/** The data in an envelope that is in `file`. @throws StoreError `damaged` */
export function unseal(text: string, file: string): unknown {
  const [head, version, checksum] = HEAD.exec(text) ?? [];
  if (head === undefined) throw damage(file, 0, 'it does not begin with version and checksum');
  if (!(Number(version) >= VERSION && Number(version) <= NEWEST))
    throw damage(file, 0, `version ${version} is not known to this collector`);
  if (!text.endsWith(TAIL)) throw damage(file, text.length, 'its end is missing');
  const data = text.slice(head.length, -TAIL.length);
  if (hex(crc32(data)) !== checksum) throw damage(file, head.length, 'the data does not match its checksum');
  return JSON.parse(data);
}

/** A CRC-32 as eight hex digits. */
export function hex(crc: number): string {
  return crc.toString(16).padStart(8, '0');
}
