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
import { Pause } from './pause.js';

const VERSION = 1;
/** The highest that can be read. */
const NEWEST = 2;
const HEAD = /^\{"version":(\d+),"checksum":"([0-9a-f]{8})","data":/;
const TAIL = '}\n';

/** Packed bytes that are unpacked here and now: it takes 0.1 ms, and as much again to have somebody else do it. */
const AT_ONCE = 16 * 1024;

/** What a file's bytes are for the data in it. */
export interface Codec<T> {
  encode(data: T): Promise<Buffer>;
  /** @throws StoreError `damaged` */
  decode(bytes: Buffer): Promise<T>;
}

/** One envelope, and nothing else. */
export class Envelope<T> implements Codec<T> {
  readonly #file: string;
  readonly #version: number;
  readonly #gzip: ZlibOptions;

  /** `file` names it in errors; `options`: how to pack it, where it is packed. */
  constructor(file: string, version = VERSION, options: ZlibOptions = {}) {
    this.#file = file;
    this.#version = version;
    this.#gzip = options;
  }

  async encode(data: T): Promise<Buffer> {
    const bytes = await seal(data, this.#version);
    return this.#file.endsWith('.gz') ? promisify(gzip)(bytes, this.#gzip) : bytes;
  }

  async decode(bytes: Buffer): Promise<T> {
    return unseal<T>(this.#file.endsWith('.gz') ? await this.#unpack(bytes) : bytes.toString(), this.#file);
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
export async function seal(data: unknown, version: number): Promise<Buffer> {
  const pause = new Pause();
  const pieces: Buffer[] = [];
  let checksum = 0;
  for (const piece of jsonPieces(data)) {
    const bytes = Buffer.from(piece);
    checksum = crc32(bytes, checksum);
    pieces.push(bytes);
    if (pause.due) await pause.take();
  }
  const head = Buffer.from(`{"version":${version},"checksum":"${hex(checksum)}","data":`);
  return Buffer.concat([head, ...pieces, Buffer.from(TAIL)]);
}

/** The data in an envelope that is in `file`. @throws StoreError `damaged` */
export function unseal<T>(text: string, file: string): T {
  const [head, version, checksum] = HEAD.exec(text) ?? [];
  if (head === undefined) throw damage(file, 0, 'it does not begin with version and checksum');
  if (!(Number(version) >= VERSION && Number(version) <= NEWEST))
    throw damage(file, 0, `version ${version} is not known to this collector`);
  if (!text.endsWith(TAIL)) throw damage(file, text.length, 'its end is missing');
  const data = text.slice(head.length, -TAIL.length);
  if (hex(crc32(data)) !== checksum) throw damage(file, head.length, 'the data does not match its checksum');
  return JSON.parse(data) as T;
}

/** A CRC-32 as eight hex digits. */
export function hex(crc: number): string {
  return crc.toString(16).padStart(8, '0');
}
