/** Where the log stands, for a wake that has no time to look for it: so it reads three records instead of the ring. */
import type { Mark } from './record.js';
import type { RingMark } from './ring.js';

/** Numbers as in `Log`, offsets as in a `Place`. */
export interface Bookmark extends RingMark, Mark {
  log: number;
  next: number;
  doubtful: number | null;
  oldest: number;
  /** sequence of the sector that holds reading `oldest`; the newest one's where there is none */
  oldestIn: number;
  boot: number;
  bootAt: number;
  runAt: number;
}

export const BOOKMARK_BYTES = 46;

/** u32 sequence · head · acknowledged · lost · log · next · oldest · oldestIn · boot, u16 free · bootAt · runAt, i32 doubtful or −1. */
export function putBookmark(view: DataView, offset: number, bookmark: Bookmark): void {
  view.setUint32(offset, bookmark.sequence, true);
  view.setUint32(offset + 4, bookmark.head, true);
  view.setUint32(offset + 8, bookmark.acknowledged, true);
  view.setUint32(offset + 12, bookmark.lost, true);
  view.setUint32(offset + 16, bookmark.log, true);
  view.setUint32(offset + 20, bookmark.next, true);
  view.setUint32(offset + 24, bookmark.oldest, true);
  view.setUint32(offset + 28, bookmark.oldestIn, true);
  view.setUint32(offset + 32, bookmark.boot, true);
  view.setUint16(offset + 36, bookmark.free, true);
  view.setUint16(offset + 38, bookmark.bootAt, true);
  view.setUint16(offset + 40, bookmark.runAt, true);
  view.setInt32(offset + 42, bookmark.doubtful ?? -1, true);
}

export function getBookmark(view: DataView, offset: number): Bookmark {
  const doubtful = view.getInt32(offset + 42, true);
  return {
    sequence: view.getUint32(offset, true),
    head: view.getUint32(offset + 4, true),
    acknowledged: view.getUint32(offset + 8, true),
    lost: view.getUint32(offset + 12, true),
    log: view.getUint32(offset + 16, true),
    next: view.getUint32(offset + 20, true),
    doubtful: doubtful < 0 ? null : doubtful,
    oldest: view.getUint32(offset + 24, true),
    oldestIn: view.getUint32(offset + 28, true),
    boot: view.getUint32(offset + 32, true),
    free: view.getUint16(offset + 36, true),
    bootAt: view.getUint16(offset + 38, true),
    runAt: view.getUint16(offset + 40, true),
  };
}
