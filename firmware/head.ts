/**
 * The head of a sector of the log, little-endian:
 *
 *   0   'TWL1'              magic and version
 *   4   u32 log             the name of the log from here on
 *   8   u32 sequence        of the sector; it lies at `sequence % sectors`
 *   12  u32 first           the number of the next reading when the sector was begun
 *   16  u32 acknowledged    the mark at that time
 *   20  u32 lost
 *   24  boot                the boot that began it (boot.ts)
 *   46  u32 checksum        of all that
 */
import { BOOT_BYTES, getBoot, putBoot, type Boot } from './boot.js';
import { crc32 } from './crc.js';
import { checksumOf, seal, type Mark } from './record.js';

export interface Head extends Mark {
  readonly log: number;
  readonly sequence: number;
  readonly first: number;
  readonly boot: Boot;
  readonly checksum: number;
}

const MAGIC = 0x314c_5754;
const BOOT_AT = 24;
export const HEAD_BYTES = BOOT_AT + BOOT_BYTES + 4;

export function encodeHead(head: Omit<Head, 'sequence' | 'checksum'>, sequence: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(HEAD_BYTES));
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, head.log, true);
  view.setUint32(8, sequence, true);
  view.setUint32(12, head.first, true);
  view.setUint32(16, head.acknowledged, true);
  view.setUint32(20, head.lost, true);
  putBoot(view, BOOT_AT, head.boot);
  return seal(view, 0);
}

/** Null where the bytes are no head. */
export function decodeHead(bytes: Uint8Array): Head | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEAD_BYTES);
  const checksum = checksumOf(bytes);
  if (view.getUint32(0, true) !== MAGIC || crc32(bytes, HEAD_BYTES - 4) !== checksum) return null;
  return {
    log: view.getUint32(4, true),
    sequence: view.getUint32(8, true),
    first: view.getUint32(12, true),
    acknowledged: view.getUint32(16, true),
    lost: view.getUint32(20, true),
    boot: getBoot(view, BOOT_AT),
    checksum,
  };
}
