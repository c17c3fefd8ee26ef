/**
 * Watches what the other side says in a TLS handshake, for as long as that is in the clear. The SDK checks the signature
 * beneath the key that the session is made of, but only if it is told one: of a key that calls itself unsigned it thinks
 * nothing. Then who shows a true certificate, which everybody can have seen, would be believed without its key.
 *
 *   record    u8 kind · u16 version · u16 length · messages      RFC 5246 §6.2.1
 *   message   u8 kind · u24 length · …                           §7.4
 *   ServerKeyExchange: u8 3 · u16 curve · u8 n · n point · u8 hash · u8 signature · …     RFC 8422 §5.4
 */
const HANDSHAKE = 22;
const SERVER_KEY_EXCHANGE = 12;
const NAMED_CURVE = 3;
/** RFC 5246 §7.4.1.4.1. */
const HASHES: readonly number[] = Object.freeze([4, 5, 6]);
const SIGNATURES: readonly number[] = Object.freeze([1, 3]);
const HEAD = 5;

export class Handshake {
  /** of the record that is coming in */
  private record = new Uint8Array();

  /** A piece of what comes in, at most to the end of a record. @throws Error where the session's key is unsigned */
  heed(piece: Uint8Array): void {
    const { record } = this;
    const whole = new Uint8Array(record.length + piece.length);
    whole.set(record);
    whole.set(piece, record.length);
    const isWhole = whole.length >= HEAD && whole.length >= HEAD + (whole[3]! << 8) + whole[4]!;
    this.record = isWhole ? new Uint8Array() : whole;
    if (isWhole && whole[0] === HANDSHAKE) heedMessages(whole.subarray(HEAD));
  }
}

function heedMessages(bytes: Uint8Array): void {
  for (let at = 0; at + 4 <= bytes.length;) {
    const end = at + 4 + (bytes[at + 1]! << 16) + (bytes[at + 2]! << 8) + bytes[at + 3]!;
    if (bytes[at] === SERVER_KEY_EXCHANGE && !isSigned(bytes.subarray(at + 4, end)))
      throw new Error('TLS: the key of the session is not signed');
    at = end;
  }
}

function isSigned(exchange: Uint8Array): boolean {
  const point = exchange[3] ?? 0;
  const [hash = 0, signature = 0] = exchange.subarray(4 + point);
  return exchange[0] === NAMED_CURVE && HASHES.includes(hash) && SIGNATURES.includes(signature);
}
