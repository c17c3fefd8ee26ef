/**
 * Whom TLS believes: it takes the place of the SDK's `ssl/cert` (manifest.json). That one throws where the authority's
 * certificate doesn't name its own key (Go's tools, and so mkcert, leave that out), wants to be shown the certificate
 * that it has been given, and takes a leaf for an authority.
 *
 * Here a certificate has to be for the host's name, of now, and signed by the trusted one, or by one that the trusted
 * one has made an authority. RFC 5280 §6.1: of the trusted one itself only the key counts.
 */
import { Digest } from 'crypt';
// The two of `modules/crypt/etc` have no typings.
// @ts-ignore
import PKCS1_5 from 'pkcs1_5';
// @ts-ignore
import decoder from 'x509';
import { ECDSA } from './ecdsa.js';

export interface Trusting {
  /** DER of the trusted one */
  certificate: ArrayBuffer;
}

/** Of RSA it has a modulus, of elliptic curves a curve and a point. */
interface PublicKey {
  modulus?: bigint;
  curve?: object;
  pub?: object;
}

interface Verifier {
  verify(digest: ArrayBuffer, signature: Uint8Array): boolean;
}

/** What is used of the SDK's `x509`. */
interface Decoder {
  /** `tbs` is what is signed, `algo` the signature's object identifier */
  decode(certificate: Uint8Array): { tbs: Uint8Array; algo: Uint32Array; sig: Uint8Array };
  decodeTBS(tbs: Uint8Array): { validity: { from: number; to: number } };
  decodeSPKI(certificate: Uint8Array): PublicKey;
  /** undefined: it doesn't say whom it is for */
  decodeSAN(certificate: Uint8Array): Name[] | undefined;
  decodeExtension(certificate: Uint8Array, identifier: readonly number[]): ArrayBuffer | undefined;
}

interface Name {
  tag: number;
  value: string | ArrayBuffer;
}

const X509 = decoder as unknown as Decoder;

type Hash = 'SHA256' | 'SHA384' | 'SHA512';

/** RFC 4055 §5. */
const RSA: Readonly<Record<string, Hash>> = Object.freeze({
  '1,2,840,113549,1,1,11': 'SHA256',
  '1,2,840,113549,1,1,12': 'SHA384',
  '1,2,840,113549,1,1,13': 'SHA512',
});
/** RFC 5758 §3.2. */
const ELLIPTIC: Readonly<Record<string, Hash>> = Object.freeze({
  '1,2,840,10045,4,3,2': 'SHA256',
  '1,2,840,10045,4,3,3': 'SHA384',
  '1,2,840,10045,4,3,4': 'SHA512',
});

/** RFC 5280 §4.2.1.9. */
const BASIC_CONSTRAINTS: readonly number[] = Object.freeze([2, 5, 29, 19]);

/** Of a name in a certificate: RFC 5280 §4.2.1.6. */
const DNS_NAME = 2;
const IP_ADDRESS = 7;

export default class Certificates {
  private readonly trusted: Uint8Array;

  constructor({ certificate }: Trusting) {
    this.trusted = new Uint8Array(certificate);
  }

  /** The other side's, first its own. @throws Error that says why it isn't believed */
  verify([own, between]: readonly Uint8Array[], { tls_server_name }: { tls_server_name: string }): true {
    if (own === undefined || !isFor(own, tls_server_name)) throw new Error('TLS: the certificate is for another name');
    if (!isOfNow(own)) throw new Error('TLS: the certificate is not of now');
    const { trusted } = this;
    const signed =
      isSigned(own, trusted) ||
      (between !== undefined &&
        isAuthority(between) &&
        isOfNow(between) &&
        isSigned(own, between) &&
        isSigned(between, trusted));
    if (!signed) throw new Error('TLS: the certificate is of another authority');
    return true;
  }

  /** The session remembers by itself what it has verified. */
  register(_own: ArrayBuffer): void {}

  getKey(own: ArrayBuffer): PublicKey {
    return X509.decodeSPKI(new Uint8Array(own));
  }

  /** Asked for one of the device's own, it has none. */
  findPreferredCert(): [] {
    return [];
  }
}

/** @param host as it was typed: a name, or an IPv4 address */
function isFor(certificate: Uint8Array, host: string): boolean {
  const wanted = host.toLowerCase();
  return (X509.decodeSAN(certificate) ?? []).some(({ tag, value }: Name) => {
    if (tag === IP_ADDRESS) return new Uint8Array(value as ArrayBuffer).join('.') === wanted;
    if (tag !== DNS_NAME) return false;
    const name = (value as string).toLowerCase();
    if (!name.startsWith('*.')) return name === wanted;
    // It stands for one label: RFC 9525 §6.3.
    return wanted.includes('.') && wanted.slice(wanted.indexOf('.')) === name.slice(1);
  });
}

function isOfNow(certificate: Uint8Array): boolean {
  const { from, to } = X509.decodeTBS(X509.decode(certificate).tbs).validity;
  const now = Date.now();
  return from <= now && now <= to;
}

function isAuthority(certificate: Uint8Array): boolean {
  const bytes = X509.decodeExtension(certificate, BASIC_CONSTRAINTS);
  if (bytes === undefined) return false;
  // SEQUENCE { cA BOOLEAN DEFAULT FALSE, … }
  const [sequence, length = 0, boolean, one, value] = new Uint8Array(bytes);
  return sequence === 0x30 && length >= 3 && boolean === 1 && one === 1 && value !== 0;
}

function isSigned(certificate: Uint8Array, by: Uint8Array): boolean {
  const { tbs, algo, sig } = X509.decode(certificate);
  const key = X509.decodeSPKI(by);
  const kind = algo.toString();
  const hash = RSA[kind] ?? ELLIPTIC[kind];
  if (hash === undefined) return false;
  const digest = new Digest(hash);
  digest.write(tbs.slice().buffer);
  if (RSA[kind] !== undefined)
    return key.modulus !== undefined && (new PKCS1_5(key, false, []) as Verifier).verify(digest.close(), sig);
  return key.curve !== undefined && new ECDSA(key.pub, key.curve).verify(digest.close(), sig, true);
}
