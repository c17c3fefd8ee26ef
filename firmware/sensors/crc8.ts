/**
 * The CRC-8 of ROM codes and scratchpads: x⁸ + x⁵ + x⁴ + 1, least significant bit first (DS18B20 datasheet, "CRC
 * Generation"). Over bytes that end in their own CRC it is 0; so it is over zeros alone, which callers must refuse.
 */
export function crc8(bytes: Uint8Array, length = bytes.length): number {
  let crc = 0;
  for (let i = 0; i < length; i++) {
    crc ^= bytes[i]!;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0x8c : crc >> 1;
  }
  return crc;
}
