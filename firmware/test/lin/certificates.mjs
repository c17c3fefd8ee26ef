/** An authority of one's own, as a household has it, and certificates that it signs. */
import { X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generate } from 'selfsigned';

const NAME = [{ name: 'commonName', value: 'Home' }];

export class Authority {
  #own;
  #keys;

  /** @param {{ cert: string, private: string }} own @param {object} keys */
  constructor(own, keys) {
    this.#own = own;
    this.#keys = keys;
  }

  /** @param {'rsa' | 'ec'} keyType of its key, and of those that it signs */
  static async make(keyType = 'rsa') {
    const keys = { algorithm: 'sha256', keyType, ...(keyType === 'rsa' ? { keySize: 2048 } : { curve: 'P-256' }) };
    return new Authority(await generate(NAME, { ...keys, extensions: authority(true) }), keys);
  }

  /**
   * One that this one has made an authority; `cA` false: it only thinks so.
   * @param {{ until?: Date, cA?: boolean }} [options]
   */
  async authorize({ until, cA = true } = {}) {
    return new Authority(await this.#issue(NAME, authority(cA), until), this.#keys);
  }

  /** PEM */
  get certificate() {
    return this.#own.cert;
  }

  /** What the firmware's setting `certificate` takes. */
  get base64() {
    return this.certificate.replace(/-----[A-Z ]+-----|\s/g, '');
  }

  /**
   * @param {string} name a host or an IPv4 address
   * @param {{ until?: Date, leafAlone?: boolean }} [options]
   * @returns {Promise<{ cert: string, key: string }>} PEM; the chain has this authority's beside it
   */
  async sign(name, { until, leafAlone = false } = {}) {
    const altName = /^[\d.]+$/.test(name) ? { type: 7, ip: name } : { type: 2, value: name };
    const extensions = [{ name: 'subjectAltName', altNames: [altName] }];
    const leaf = await this.#issue([{ name: 'commonName', value: name }], extensions, until);
    return { cert: leafAlone ? leaf.cert : `${leaf.cert.trim()}\n${this.certificate}`, key: leaf.private };
  }

  /** @param {object[]} name @param {object[]} extensions @param {Date} [until] for a day before it */
  #issue(name, extensions, until) {
    return generate(name, {
      ...this.#keys,
      ca: { key: this.#own.private, cert: this.#own.cert },
      ...(until && { notBeforeDate: new Date(until.getTime() - 86_400_000), notAfterDate: until }),
      extensions,
    });
  }
}

/**
 * The same, its signature's two numbers 1 and 0, as no key makes them.
 * @param {{ cert: string, key: string }} pair by an elliptic key
 */
export function nullified({ cert, key }) {
  const der = new X509Certificate(cert).raw;
  // SEQUENCE { what is signed, algorithm, signature }: RFC 5280 §4.1
  const { from } = span(der, 0);
  const { to } = span(der, span(der, from).to);
  const signature = Buffer.from('0309003006020101020100', 'hex');
  const head = Buffer.from([0x30, 0x82, 0, 0]);
  head.writeUInt16BE(to - from + signature.length, 2);
  const base64 = Buffer.concat([head, der.subarray(from, to), signature]).toString('base64');
  return { key, cert: `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----` };
}

/** Where the value at `at` begins and ends. @param {Buffer} der @param {number} at */
function span(der, at) {
  const length = der[at + 1];
  const more = length < 0x80 ? 0 : length - 0x80;
  const from = at + 2 + more;
  return { from, to: from + (more === 0 ? length : der.readUIntBE(at + 2, more)) };
}

/** RFC 5280 §4.2.1.9. @param {boolean} cA */
function authority(cA) {
  return [{ name: 'basicConstraints', cA, critical: true }];
}

/** Flags for `serve`. @param {string} folder @param {{ cert: string, key: string }} pair */
export function tlsFlags(folder, { cert, key }) {
  const files = { cert: join(folder, 'chain.pem'), key: join(folder, 'key.pem') };
  writeFileSync(files.cert, cert);
  writeFileSync(files.key, key);
  return ['--tls-cert', files.cert, '--tls-key', files.key];
}
