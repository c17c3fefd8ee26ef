/** A collector that gives no answer: what happened on the way, and what to do about it. */
import { ToolError } from './exit.js';

const START_HINT = 'Start one with "thermowell serve", or say where it is by --url or THERMOWELL_URL.';

/** How it was asked, with Node's code of what went wrong on the way → what to do. */
const TLS_HINTS: [what: RegExp, hint: string][] = [
  [
    /^https: (UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT.*|(DEPTH_ZERO_)?SELF_SIGNED_CERT.*)$/,
    'Whoever signed its certificate is not known here: name the file of theirs as NODE_EXTRA_CA_CERTS=ca.pem.',
  ],
  [/^https: ERR_TLS_CERT_ALTNAME_INVALID$/, 'Its certificate is for another name: give the --url by that one.'],
  [
    /^https: ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG)$/,
    'Does it speak TLS? Else its address begins with http://.',
  ],
  [/^http: UND_ERR_SOCKET$/, 'Is it a collector? One that speaks TLS has an address that begins with https://.'],
];

/** `base`: where it was looked for; `error`: what fetch threw. */
export function unreachable(base: URL, error: unknown): ToolError {
  const code = causeOf(error)?.code ?? '';
  const [, hint = START_HINT] = TLS_HINTS.find(([what]) => what.test(`${base.protocol} ${code}`)) ?? [];
  return new ToolError('unreachable', `cannot reach a collector at ${base.href} (${reason(error)})`, {
    cause: error,
    hint,
  });
}

/** fetch hides it in `cause`, and for a name with several addresses one level deeper. */
function causeOf(error: unknown): NodeJS.ErrnoException | null {
  if (!(error instanceof Error)) return null;
  return error.cause instanceof Error ? error.cause : error;
}

function reason(error: unknown): string {
  const cause = causeOf(error);
  if (cause === null) return String(error);
  const { code } = cause;
  // what OpenSSL adds is a place in its own source
  if (code?.startsWith('ERR_SSL_') === true) return code;
  return code !== undefined && !cause.message.includes(code) ? `${code} ${cause.message}`.trim() : cause.message;
}
