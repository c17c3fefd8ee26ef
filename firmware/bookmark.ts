/** Where the log stands, for a wake that has no time to look for it: so it reads three records instead of the ring. */
import type { Mark } from './record.js';
import type { RingMark } from './ring.js';

/** Numbers as in `Log`, offsets as in a `Place`. */
export interface Bookmark extends RingMark, Mark {
  log: number;
  next: number;
  oldest: number;
  /** sequence of the sector that holds reading `oldest`; the newest one's where there is none */
  oldestIn: number;
  boot: number;
  bootAt: number;
  runAt: number;
}

const WORDS = Object.freeze([
  'sequence',
  'head',
  'acknowledged',
  'lost',
  'log',
  'next',
  'oldest',
  'oldestIn',
  'boot',
] as const);
const OFFSETS = Object.freeze(['free', 'bootAt', 'runAt'] as const);

export const BOOKMARK_BYTES = 4 * WORDS.length + 2 * OFFSETS.length;

/** u32 sequence · head · acknowledged · lost · log · next · oldest · oldestIn · boot, u16 free · bootAt · runAt. */
export function putBookmark(view: DataView, offset: number, bookmark: Bookmark): void {
  WORDS.forEach((name, i) => view.setUint32(offset + 4 * i, bookmark[name], true));
  OFFSETS.forEach((name, i) => view.setUint16(offset + 4 * WORDS.length + 2 * i, bookmark[name], true));
}

export function getBookmark(view: DataView, offset: number): Bookmark {
  const bookmark: Record<string, number> = {};
  WORDS.forEach((name, i) => (bookmark[name] = view.getUint32(offset + 4 * i, true)));
  OFFSETS.forEach((name, i) => (bookmark[name] = view.getUint16(offset + 4 * WORDS.length + 2 * i, true)));
  return bookmark as unknown as Bookmark;
}
