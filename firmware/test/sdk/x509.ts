/** The SDK's `x509`, as much as is used of it: certificates in DER (X.690 §8.1, RFC 5280 §4.1). */
import { X509Certificate, type KeyObject } from 'node:crypto';

interface Element {
  tag: number;
  /** of its contents */
  bytes: Uint8Array;
  /** head and contents */
  whole: Uint8Array;
}

const EXTENSIONS = 0xa3;
const VERSION = 0xa0;
const GENERALIZED_TIME = 0x18;
const SUBJECT_ALT_NAME = [2, 5, 29, 17];
const DNS_NAME = 2;

export default {
  decode(certificate: Uint8Array) {
    const [tbs, algorithm, signature] = within(elements(certificate)[0]!);
    // The first byte of a BIT STRING says how many bits of the last one don't count.
    return { tbs: tbs!.whole, algo: numbers(within(algorithm!)[0]!), sig: signature!.bytes.subarray(1) };
  },

  decodeTBS(tbs: Uint8Array) {
    const parts = within(elements(tbs)[0]!).filter(({ tag }) => tag !== VERSION);
    const [from, to] = within(parts[3]!).map(time);
    return { validity: { from, to } };
  },

  decodeSPKI(certificate: Uint8Array) {
    const object: KeyObject = new X509Certificate(certificate).publicKey;
    return object.asymmetricKeyType === 'rsa' ? { modulus: 1n, object } : { curve: {}, pub: object };
  },

  decodeSAN(certificate: Uint8Array) {
    const extension = this.decodeExtension(certificate, SUBJECT_ALT_NAME);
    if (extension === undefined) return undefined;
    return within(elements(new Uint8Array(extension))[0]!).map(({ tag, bytes }) => {
      const kind = tag & 0x7f;
      return { tag: kind, value: kind === DNS_NAME ? Buffer.from(bytes).toString() : bytes.slice().buffer };
    });
  },

  decodeExtension(certificate: Uint8Array, identifier: readonly number[]): ArrayBuffer | undefined {
    const extensions = within(within(elements(certificate)[0]!)[0]!).find(({ tag }) => tag === EXTENSIONS);
    if (extensions === undefined) return undefined;
    const own = within(within(extensions)[0]!).find((one) => numbers(within(one)[0]!).join() === identifier.join());
    return own && within(own).at(-1)!.bytes.slice().buffer;
  },
};

function elements(bytes: Uint8Array): Element[] {
  const found: Element[] = [];
  for (let at = 0; at < bytes.length;) {
    let head = at + 2;
    let length = bytes[at + 1]!;
    if (length >= 0x80) {
      head += length - 0x80;
      length = bytes.subarray(at + 2, head).reduce((sum, byte) => sum * 256 + byte, 0);
    }
    found.push({
      tag: bytes[at]!,
      bytes: bytes.subarray(head, head + length),
      whole: bytes.subarray(at, head + length),
    });
    at = head + length;
  }
  return found;
}

function within({ bytes }: Element): Element[] {
  return elements(bytes);
}

/** Of an OBJECT IDENTIFIER. */
function numbers({ bytes }: Element): number[] {
  const parts: number[] = [];
  let part = 0;
  for (const byte of bytes.subarray(1)) {
    part = part * 128 + (byte & 0x7f);
    if (byte < 0x80) {
      parts.push(part);
      part = 0;
    }
  }
  return [Math.floor(bytes[0]! / 40), bytes[0]! % 40, ...parts];
}

function time({ tag, bytes }: Element): number {
  const text = Buffer.from(bytes).toString();
  const [, year, ...rest] = /^(\d+)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text)!;
  const whole = tag === GENERALIZED_TIME ? year! : `20${year!}`;
  const [month, day, hour, minute, second] = rest.map(Number);
  return Date.UTC(Number(whole), month! - 1, day, hour, minute, second);
}
