/** Where the collector, or its broker, is. */
export interface Address {
  /** over TLS */
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
  /** stands before a path: '' or `/api` */
  readonly base: string;
}

export type Scheme = 'http' | 'mqtt';

const ADDRESS = /^(http|mqtt)(s?):\/\/([A-Za-z0-9.-]+)(?::(\d{1,5}))?((?:\/[\w.-]+)*)\/?$/;

const PORTS: Readonly<Record<Scheme, readonly [plain: number, secure: number]>> = Object.freeze({
  http: Object.freeze([80, 443] as const),
  mqtt: Object.freeze([1883, 8883] as const),
});

/** `http://host[:port][/path]`, or with another scheme, `s` added for TLS; null where the text is no such address. */
export function parseAddress(text: string, scheme: Scheme): Address | null {
  const [, found, s, host, typed, base = ''] = ADDRESS.exec(text) ?? [];
  if (found !== scheme || host === undefined || (scheme === 'mqtt' && base !== '')) return null;
  const port = typed === undefined ? defaultPort(scheme, s === 's') : Number(typed);
  return port < 1 || port > 65_535 ? null : Object.freeze({ secure: s === 's', host, port, base });
}

export function defaultPort(scheme: Scheme, secure: boolean): number {
  return PORTS[scheme][secure ? 1 : 0];
}
