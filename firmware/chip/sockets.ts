/** What ECMA-419's clients connect by. */
import TCP from 'embedded:io/socket/tcp';
import { secureSocket } from './extras.js';

/** A socket for their options. @param certificate of the authority that is trusted; null: no TLS @throws Error */
export function socketBy(certificate: string | null): { io: unknown } {
  if (certificate === null) return { io: TCP };
  const socket = secureSocket(certificate);
  if (socket === null) throw new Error('this chip has no TLS');
  return socket;
}
