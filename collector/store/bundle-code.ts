/**
 * The bytes of a bundle: gzip members, one after the other, each with a few of the chunks in an envelope of its own, so that
 * what is damaged costs those in one member, and `zcat` gives one line for each.
 *
 *   {"version":2,"checksum":"…","data":{"name":"00000012-0","first":0,"chunks":[{"series":5,…},…]}}
 *   {"version":2,"checksum":"…","data":{"name":"00000012-0","first":21,"chunks":[…]}}
 *
 * Each begins with the same eight bytes, by which all behind a damaged one are found. Until version 2 there was one member.
 */
import { promisify } from 'node:util';
import { gzip, inflateRawSync } from 'node:zlib';
import { bundleFile, type BundleData } from './bundle.js';
import { CHUNK_VERSION, chunkWeight, type ChunkData } from './chunk.js';
import { Damage, damage } from './disk.js';
import { seal, unseal, type Codec, type Part } from './envelope.js';
import { Pauses, WORK } from './pauses.js';

/** Weight of a member, bytes of its text: twenty chunks of an hour; half as much, and a chunk would take twice the room. */
const MEMBER_WEIGHT = 4 * 1024;

/** How a gzip member begins: magic, deflate, no flags, no time (RFC 1952, 2.3). */
const BEGIN = Buffer.from('1f8b080000000000', 'hex');

/** So many times longer is what is packed. */
const PACKED = 8;

/** Bytes before its deflated data: those, and two more. */
const HEADER = BEGIN.length + 2;

interface Member {
  name: string;
  /** place of its first chunk in the bundle; 0 when left out */
  first?: number;
  chunks: ChunkData[];
}

export class BundleCode implements Codec<BundleData> {
  readonly #file: string;
  readonly #pauses: Pauses;

  /** `file` names it in errors; `pauses`: of the work beside which this is done. */
  constructor(file: string, pauses = new Pauses()) {
    this.#file = file;
    this.#pauses = pauses;
  }

  async *encode({ name, chunks }: BundleData): AsyncGenerator<Part> {
    const pauses = this.#pauses.beside();
    const packed: Buffer[] = [];
    let member: Required<Member> = { name, first: 0, chunks: [] };
    let weight = 0;
    const end = async (): Promise<void> => {
      const bytes = await seal(member, CHUNK_VERSION, pauses);
      packed.push(await pauses.wait(promisify(gzip)(bytes)));
      member = { name, first: member.first + member.chunks.length, chunks: [] };
      weight = 0;
    };
    for (const chunk of chunks.values()) {
      member.chunks.push(chunk);
      weight += chunkWeight(chunk);
      if (weight >= MEMBER_WEIGHT) await end();
    }
    if (member.chunks.length > 0) await end();
    yield { at: 0, bytes: Buffer.concat(packed) };
  }

  /** What can be read of it. @throws StoreError `damaged` when that is nothing */
  async decode(bytes: Buffer): Promise<BundleData> {
    const pauses = this.#pauses.beside();
    const bundle: BundleData = { name: '', chunks: new Map(), damaged: [] };
    for (const [begin, end] of members(bytes)) {
      try {
        const { name, first = 0, chunks } = this.#member(bytes.subarray(begin, end), begin);
        bundle.name = name;
        for (const [i, chunk] of chunks.entries()) bundle.chunks.set(first + i, chunk);
      } catch (error) {
        if (!(error instanceof Damage)) throw error;
        bundle.damaged.push(error);
      }
      await pauses.did((end - begin) * PACKED * WORK.bytes);
    }
    const [damaged] = bundle.damaged;
    if (damaged !== undefined && bundle.chunks.size === 0) throw damaged;
    return bundle;
  }

  #member(bytes: Buffer, offset: number): Member {
    let text: string;
    try {
      // without what stands around it: the next one's damage is none of its own, and the envelope has a checksum
      text = inflateRawSync(bytes.subarray(HEADER)).toString();
    } catch (error) {
      throw damage(this.#file, offset, `it can't be unpacked: ${String(error)}`, error);
    }
    const member = unseal(text, this.#file) as Member;
    if (bundleFile(member.name ?? '') !== this.#file) throw damage(this.#file, offset, 'it is of another file');
    return member;
  }
}

/** Where each begins, and ends. */
function* members(bytes: Buffer): Generator<[begin: number, end: number]> {
  for (let begin = 0; begin >= 0;) {
    const next = bytes.indexOf(BEGIN, begin + 1);
    yield [begin, next < 0 ? bytes.length : next];
    begin = next;
  }
}
