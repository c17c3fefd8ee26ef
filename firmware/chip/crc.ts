/** CRC-32 in C (`modCrc.c`), in the place of `../crc.ts`: see there. */
export function crc32(this: void, bytes: Uint8Array, length?: number, seed?: number): number {
  // oxlint-disable-next-line oxc/no-this-in-exported-function -- XS compiles no other shape to the C function itself
  return native('xs_crc32').call(this, bytes, length, seed);
}
