/** TLS 1.2 over TCP, as ECMA-419's clients take it: a socket made of a socket. */
import TCP from 'embedded:io/socket/tcp';
// @ts-ignore: npm's typings have it, the SDK's own name its file otherwise
import TLSSocket from 'embedded:io/socket/tcp/tls';
import { Handshake } from '../tls/handshake.js';

export interface Trust {
  /** of the authority, base64 of its DER */
  certificate: string;
  /** what the other side's certificate is made out to; default: the host that is connected to */
  name?: string;
}

/**
 * The other side has to show a certificate for its name that the given one has signed, and that one beside it: the SDK
 * doesn't take a leaf alone.
 */
export function secureSocket({ certificate, name }: Trust): { io: unknown } {
  const secure = { certificate: fromBase64(certificate).buffer, ...(name !== undefined && { serverName: name }) };
  return { io: TLSSocket, TCP: { io: Guarded }, secure } as { io: unknown };
}

/** Kinds of records: RFC 5246 §6.2.1. */
const CHANGE_CIPHER_SPEC = 20;
const APPLICATION_DATA = 23;

interface TCPOptions {
  onReadable?: (count: number) => void;
  onWritable?: (count: number) => void;
  onError?: () => void;
}

/**
 * What TLSSocket speaks through. Three things it does that must not be: what it throws in a callback (a certificate that
 * isn't right) leaves the connection standing; to a farewell in the middle of the handshake it answers with the request,
 * token and all, in the clear; and a key that nobody has signed it takes (tls/handshake.ts). It writes one record at a
 * time, whose first byte is its kind, and never reads beyond one.
 */
class Guarded extends TCP {
  private sealed = false;
  private readonly handshake = new Handshake();

  constructor(options: TCPOptions) {
    const { onReadable, onWritable, onError } = options;
    const guard = (callback?: (count: number) => void) => (count: number) => {
      try {
        callback?.(count);
      } catch (error) {
        onError?.();
        // On to `abort` of start.ts, which keeps the reason for the status.
        throw error;
      }
    };
    super({ ...options, onReadable: guard(onReadable), onWritable: guard(onWritable) } as never);
  }

  override read(into: never): never {
    const result = super.read(into) as never;
    if (!this.sealed) this.handshake.heed(into);
    return result;
  }

  override write(record: Uint8Array): number {
    const kind = record[0];
    if (kind === CHANGE_CIPHER_SPEC) this.sealed = true;
    else if (kind === APPLICATION_DATA && !this.sealed) throw new Error('TLS: the other side broke off the handshake');
    return super.write(record) as unknown as number;
  }
}

/** ES2026, which XS has and the typings don't. */
function fromBase64(text: string): Uint8Array {
  return (Uint8Array as unknown as { fromBase64(text: string): Uint8Array }).fromBase64(text);
}
