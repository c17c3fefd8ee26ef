import { readFileSync } from 'node:fs';
import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { Config } from './config.js';

/** What a TLS server shows and knows, PEM: its certificate, then those that signed it, and the key. */
export interface Tls {
  cert: Buffer;
  key: Buffer;
}

/** The files of `--tls-cert` and `--tls-key`; null: no TLS. @throws Error that names the file */
export function readTls({ tlsCert, tlsKey }: Pick<Config, 'tlsCert' | 'tlsKey'>): Tls | null {
  if (tlsCert === null || tlsKey === null) return null;
  const tls = { cert: read(tlsCert), key: read(tlsKey) };
  try {
    createSecureContext(tls);
  } catch (error) {
    throw new Error(`${tlsCert} and ${tlsKey} are no certificate and its key: ${(error as Error).message}`, {
      cause: error,
    });
  }
  return tls;
}

/** A name that the certificate is made out to, for whoever found the server by its address; null: to none. */
export function nameOf({ cert }: Tls): string | null {
  const names = (new X509Certificate(cert).subjectAltName ?? '').split(', ');
  const of = (kind: string): string[] =>
    names.filter((name) => name.startsWith(kind)).map((name) => name.slice(kind.length));
  const hosts = of('DNS:');
  // `*.` stands for any one label.
  const host = hosts.find((name) => !name.includes('*')) ?? hosts[0]?.replace('*', 'thermowell');
  return host ?? of('IP Address:').find((address) => address.includes('.')) ?? null;
}

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new Error(`"${file}" can't be read: ${(error as Error).message}`, { cause: error });
  }
}
