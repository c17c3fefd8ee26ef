import type { Duplex } from 'node:stream';

/** Longest CONNECT: a name, a token and a will. A stranger can't make us hold more than that. */
const FIRST_MAX = 16 * 1024;

/**
 * Cuts a connection off when a packet begins that is longer than `max` bytes: the parser would collect up to 256 MiB of
 * it. Bytes are seen as the parser takes them, by `read`.
 */
export function limitPackets(connection: Duplex, max: number): void {
  const lengths = new PacketLengths();
  const read = connection.read.bind(connection);
  connection.read = (size?: number): unknown => {
    const bytes = read(size) as Uint8Array | null;
    if (bytes === null || lengths.take(bytes, max)) return bytes;
    connection.destroy(new Error(`a packet of more than ${lengths.first ? Math.min(max, FIRST_MAX) : max} bytes`));
    return null;
  };
}

/** Follows a stream of packets by their fixed headers: a byte, then the length of the rest (MQTT 3.1.1 §2.2). */
export class PacketLengths {
  /** still within the first packet */
  first = true;
  /** bytes until the next packet */
  #rest = 0;
  /** the length being read: its value so far and the next digit's weight, 0 outside of one */
  #length = 0;
  #weight = 0;

  /** False for a packet that is too long, or whose length makes no sense. */
  take(bytes: Uint8Array, max: number): boolean {
    let at = 0;
    while (at < bytes.length) {
      if (this.#rest > 0) {
        const passed = Math.min(this.#rest, bytes.length - at);
        this.#rest -= passed;
        at += passed;
        if (this.#rest === 0) this.first = false;
      } else if (this.#weight === 0) {
        this.#weight = 1;
        this.#length = 0;
        at++;
      } else {
        const digit = bytes[at++]!;
        this.#length += (digit & 127) * this.#weight;
        this.#weight *= 128;
        if (digit < 128) {
          if (this.#length > (this.first ? Math.min(max, FIRST_MAX) : max)) return false;
          this.#rest = this.#length;
          this.#weight = 0;
          if (this.#rest === 0) this.first = false;
        } else if (this.#weight > 128 ** 3) return false;
      }
    }
    return true;
  }
}
