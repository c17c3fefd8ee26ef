/**
 * CRC-32 (ISO-HDLC, as in zlib and PNG) by half bytes: 16 words of table instead of 256. On the chips
 * chip/crc.ts takes its place. Until its end it is a signed number: XS keeps what is above 2³¹ as a double.
 */
const TABLE: readonly number[] = Object.freeze(
  Array.from({ length: 16 }, (_, n) => {
    let c = n;
    for (let bit = 0; bit < 4; bit++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
    return c | 0;
  }),
);

/**
 * The checksum of the first `length` bytes. `seed` is the checksum of what goes before them, so that bytes only prove
 * valid in their own place.
 */
export function crc32(bytes: Uint8Array, length = bytes.length, seed = 0): number {
  let c = ~seed;
  for (let i = 0; i < length; i++) {
    c ^= bytes[i]!;
    c = (c >>> 4) ^ TABLE[c & 15]!;
    c = (c >>> 4) ^ TABLE[c & 15]!;
  }
  return ~c >>> 0;
}
