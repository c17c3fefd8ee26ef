/**
 * A newer firmware, offered by the collector: member `firmware` of the answer to a batch whose status says `version` and
 * `platform`. The image is at `GET /firmware/<name>`.
 */
import { isName } from './limits.js';
import { isObject, member } from './json.js';
import { consistsOf, isAlphanumeric, isDigit, type Letter } from './letters.js';

export interface Offer {
  name: string;
  version: string;
  /** bytes of the image */
  length: number;
  /** of the image, in hex */
  sha256: string;
}

const SHA256_DIGITS = 64;
const isHexDigit: Letter = (code) => isDigit(code) || (code >= 0x61 && code <= 0x66);
/** `.` and `-` as well */
const isInPreRelease: Letter = (code) => isAlphanumeric(code) || code === 0x2e || code === 0x2d;

/** The offer in an answer; null where there is none, or none that makes sense. */
export function offerIn(body: unknown): Offer | null {
  const offer = isObject(body) ? member(body, 'firmware') : undefined;
  if (!isObject(offer)) return null;
  const { name, version, length, sha256 } = offer;
  if (!isName(name) || !isVersion(version) || !Number.isSafeInteger(length) || (length as number) <= 0) return null;
  if (typeof sha256 !== 'string' || sha256.length !== SHA256_DIGITS || !consistsOf(sha256, isHexDigit)) return null;
  return { name, version, length: length as number, sha256 };
}

/** `1.2.3` or `1.2.3-rc.1`: semver.org, without build metadata, which has no order. */
export function isVersion(value: unknown): value is string {
  return typeof value === 'string' && versionIn(value) !== null;
}

/** Whether version `a` comes after `b`, as semver.org §11 orders them; false where either isn't one. */
export function isNewer(a: string, b: string): boolean {
  const left = versionIn(a);
  const right = versionIn(b);
  if (left === null || right === null) return false;
  for (let i = 0; i < 3; i++) {
    const difference = left.numbers[i]! - right.numbers[i]!;
    if (difference !== 0) return difference > 0;
  }
  // Without a pre-release comes after one.
  if (left.pre === null || right.pre === null) return left.pre === null && right.pre !== null;
  return comesAfter(left.pre.split('.'), right.pre.split('.'));
}

interface Version {
  /** major, minor, patch */
  numbers: number[];
  /** pre-release */
  pre: string | null;
}

function versionIn(text: string): Version | null {
  const dash = text.indexOf('-');
  const parts = (dash < 0 ? text : text.slice(0, dash)).split('.');
  const pre = dash < 0 ? null : text.slice(dash + 1);
  if (parts.length !== 3 || !parts.every((part) => part.length <= 9 && consistsOf(part, isDigit))) return null;
  if (pre !== null && (pre.length > 32 || !consistsOf(pre, isInPreRelease))) return null;
  return { numbers: parts.map(Number), pre };
}

function comesAfter(a: readonly string[], b: readonly string[]): boolean {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const left = a[i]!;
    const right = b[i]!;
    if (left === right) continue;
    const numbers = [left, right].map((part) => consistsOf(part, isDigit));
    // Numbers come before words.
    if (numbers[0] !== numbers[1]) return numbers[1]!;
    return numbers[0] ? Number(left) > Number(right) : left > right;
  }
  return a.length > b.length;
}
