/** TLS 1.2 over TCP, as ECMA-419's clients take it: a socket made of a socket. */
import TCP from 'embedded:io/socket/tcp';
// @ts-ignore: npm's typings have it, the SDK's own name its file otherwise
import TLSSocket from 'embedded:io/socket/tcp/tls';

/**
 * The other side has to show a certificate for its name that the given one has signed, and that one beside it: the SDK
 * doesn't take a leaf alone.
 */
export function secureSocket(certificate: string): { io: unknown } {
  return { io: TLSSocket, TCP: { io: TCP }, secure: { certificate: fromBase64(certificate).buffer } } as {
    io: unknown;
  };
}

/** ES2026, which XS has and the typings don't. */
function fromBase64(text: string): Uint8Array {
  return (Uint8Array as unknown as { fromBase64(text: string): Uint8Array }).fromBase64(text);
}
