import { consistsOf, isAlphanumeric, isDigit, type Letter } from './protocol/letters.js';

/** Where the collector, or its broker, is. */
export interface Address {
  /** over TLS */
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
  /** stands before a path: '' or `/api` */
  readonly base: string;
}

export type Scheme = 'http' | 'mqtt';

/** of a host's name: `.` and `-` as well */
const isInHost: Letter = (code) => isAlphanumeric(code) || code === 0x2e || code === 0x2d;
/** of a path's parts: `_` as well */
const isInPath: Letter = (code) => isInHost(code) || code === 0x5f;

const PORTS: Readonly<Record<Scheme, readonly [plain: number, secure: number]>> = Object.freeze({
  http: Object.freeze([80, 443] as const),
  mqtt: Object.freeze([1883, 8883] as const),
});

/** `http://host[:port][/path]`, or with another scheme, `s` added for TLS; null where the text is no such address. */
export function parseAddress(text: string, scheme: Scheme): Address | null {
  const secure = text.startsWith(`${scheme}s://`);
  if (!secure && !text.startsWith(`${scheme}://`)) return null;
  const path = text.slice(scheme.length + (secure ? 4 : 3)).split('/');
  const authority = path.shift()!.split(':');
  if (path[path.length - 1] === '') path.pop();
  if (!path.every((part) => consistsOf(part, isInPath)) || (scheme === 'mqtt' && path.length > 0)) return null;
  const host = authority[0]!;
  const typed = authority[1];
  if (!consistsOf(host, isInHost) || authority.length > 2) return null;
  const port = typed === undefined ? defaultPort(scheme, secure) : portIn(typed);
  if (port < 1 || port > 65_535) return null;
  return Object.freeze({ secure, host, port, base: path.map((part) => `/${part}`).join('') });
}

function portIn(text: string): number {
  return text.length <= 5 && consistsOf(text, isDigit) ? Number(text) : 0;
}

export function defaultPort(scheme: Scheme, secure: boolean): number {
  return PORTS[scheme][secure ? 1 : 0];
}
