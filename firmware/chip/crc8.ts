/** CRC-8 in C (`modCrc.c`), in the place of `../sensors/crc8.ts`: see there. */
export function crc8(this: void, bytes: Uint8Array, length?: number): number {
  // oxlint-disable-next-line oxc/no-this-in-exported-function -- XS compiles no other shape to the C function itself
  return native('xs_crc8').call(this, bytes, length);
}
