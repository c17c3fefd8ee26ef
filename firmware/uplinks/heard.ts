/** Text to UTF-8 and back. */
export interface Codec {
  encode(text: string): Uint8Array;
  /** @throws where the bytes aren't UTF-8 */
  decode(bytes: ArrayBuffer): string;
}

/** Longest answer that is read, bytes: a reply names the series of at most 64 sensors. */
const ANSWER_MAX = 8192;

/** The body of an answer as it comes in, piece by piece. */
export class Heard {
  private bytes: Uint8Array<ArrayBuffer> | null = new Uint8Array();

  add(piece: ArrayBuffer | undefined): void {
    const bytes = this.bytes;
    if (bytes === null || piece === undefined) return;
    if (bytes.length + piece.byteLength > ANSWER_MAX) {
      // null for good: it is longer than any answer of the collector's
      this.bytes = null;
      return;
    }
    const whole = new Uint8Array(bytes.length + piece.byteLength);
    whole.set(bytes);
    whole.set(new Uint8Array(piece), bytes.length);
    this.bytes = whole;
  }

  /** Its JSON; null where it has none. */
  json(codec: Codec): unknown {
    try {
      return this.bytes && (JSON.parse(codec.decode(this.bytes.buffer)) as unknown);
    } catch {
      return null;
    }
  }
}
