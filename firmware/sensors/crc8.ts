/**
 * The CRC-8 of ROM codes and scratchpads: x⁸ + x⁵ + x⁴ + 1, least significant bit first (DS18B20 datasheet, "CRC
 * Generation"), by half bytes. Over bytes that end in their own CRC it is 0; so it is over zeros alone, which callers must
 * refuse. On the chips chip/crc8.ts takes its place.
 */
const TABLE: readonly number[] = Object.freeze(
  Array.from({ length: 16 }, (_, n) => {
    let crc = n;
    for (let bit = 0; bit < 4; bit++) crc = crc & 1 ? (crc >> 1) ^ 0x8c : crc >> 1;
    return crc;
  }),
);

export function crc8(bytes: Uint8Array, length = bytes.length): number {
  let crc = 0;
  for (let i = 0; i < length; i++) {
    crc ^= bytes[i]!;
    crc = (crc >> 4) ^ TABLE[crc & 15]!;
    crc = (crc >> 4) ^ TABLE[crc & 15]!;
  }
  return crc;
}
