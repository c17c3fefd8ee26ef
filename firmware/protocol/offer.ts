/**
 * A newer firmware, offered by the collector: member `firmware` of the answer to a batch whose status says `version` and
 * `platform`. The image is at `GET /firmware/<name>`.
 */
import { isName } from './limits.js';
import { isObject, member } from './json.js';

export interface Offer {
  name: string;
  version: string;
  /** bytes of the image */
  length: number;
  /** of the image, in hex */
  sha256: string;
}

const VERSION = /^(\d{1,9})\.(\d{1,9})\.(\d{1,9})(?:-([0-9A-Za-z.-]{1,32}))?$/;
const SHA256 = /^[0-9a-f]{64}$/;

/** The offer in an answer; null where there is none, or none that makes sense. */
export function offerIn(body: unknown): Offer | null {
  const offer = isObject(body) ? member(body, 'firmware') : undefined;
  if (!isObject(offer)) return null;
  const { name, version, length, sha256 } = offer;
  if (!isName(name) || !isVersion(version) || !Number.isSafeInteger(length) || (length as number) <= 0) return null;
  if (typeof sha256 !== 'string' || !SHA256.test(sha256)) return null;
  return { name, version, length: length as number, sha256 };
}

/** `1.2.3` or `1.2.3-rc.1`: semver.org, without build metadata, which has no order. */
export function isVersion(value: unknown): value is string {
  return typeof value === 'string' && VERSION.test(value);
}

/** Whether version `a` comes after `b`, as semver.org §11 orders them; false where either isn't one. */
export function isNewer(a: string, b: string): boolean {
  const left = VERSION.exec(a);
  const right = VERSION.exec(b);
  if (left === null || right === null) return false;
  for (let i = 1; i <= 3; i++) {
    const difference = Number(left[i]) - Number(right[i]);
    if (difference !== 0) return difference > 0;
  }
  // Without a pre-release comes after one.
  if (left[4] === undefined || right[4] === undefined) return left[4] === undefined && right[4] !== undefined;
  return comesAfter(left[4].split('.'), right[4].split('.'));
}

function comesAfter(a: readonly string[], b: readonly string[]): boolean {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const left = a[i]!;
    const right = b[i]!;
    if (left === right) continue;
    const numbers = [left, right].map((part) => /^\d+$/.test(part));
    // Numbers come before words.
    if (numbers[0] !== numbers[1]) return numbers[1]!;
    return numbers[0] ? Number(left) > Number(right) : left > right;
  }
  return a.length > b.length;
}
