/** What ECMA-419's clients connect by. */
import TCP from 'embedded:io/socket/tcp';
import { secureSocket } from './extras.js';
import type { Trust } from './secure-socket.js';

/** A socket for their options. @param trust whom it believes; null: no TLS @throws Error */
export function socketBy(trust: Trust | null): { io: unknown } {
  if (trust === null) return { io: TCP };
  const socket = secureSocket(trust);
  if (socket === null) throw new Error('this chip has no TLS');
  return socket;
}
