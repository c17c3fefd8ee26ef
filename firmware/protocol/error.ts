/**
 * A message that breaks the contract. `pointer` is the JSON pointer (RFC 6901) of the offending member, '' for the
 * whole document; `message` says what it should have been.
 */
export class ProtocolError extends Error {
  readonly pointer: string;

  constructor(pointer: string, message: string) {
    super(message);
    this.name = 'ProtocolError';
    this.pointer = pointer;
  }
}

/** A JSON pointer from its parts, escaped as RFC 6901 §3 says. */
export function pointer(...parts: (string | number)[]): string {
  return parts.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
