/** The watch over a TLS handshake, with what a real server says in one. */
import { once } from 'node:events';
import { connect as connectPlain, createServer as createProxy, type AddressInfo } from 'node:net';
import { connect, createServer } from 'node:tls';
import { generate } from 'selfsigned';
import { beforeAll, expect, test } from 'vitest';
import { Handshake } from '../tls/handshake.js';

/** All that the server said until the handshake was through. */
let said: Buffer;
/** Where in it the key exchange names its hash. */
let hashAt: number;

const SHA256 = 4;
const RSA = 1;

beforeAll(async () => {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'x' }], { keySize: 2048 });
  const server = createServer({ cert, key, maxVersion: 'TLSv1.2' }).listen(0, '127.0.0.1');
  const pieces: Buffer[] = [];
  const proxy = createProxy((socket) => {
    const to = connectPlain((server.address() as AddressInfo).port, '127.0.0.1');
    to.on('data', (bytes: Buffer) => pieces.push(bytes));
    socket.pipe(to).pipe(socket);
  }).listen(0, '127.0.0.1');
  await Promise.all([once(server, 'listening'), once(proxy, 'listening')]);
  // As the SDK offers itself: one curve, no TLS 1.3.
  const client = connect({
    port: (proxy.address() as AddressInfo).port,
    rejectUnauthorized: false,
    ciphers: 'ECDHE-RSA-AES128-GCM-SHA256',
    ecdhCurve: 'prime256v1',
    sigalgs: 'RSA+SHA256',
  });
  await once(client, 'secureConnect');
  client.destroy();
  proxy.close();
  server.close();
  said = Buffer.concat(pieces);
  // An uncompressed point of that curve has 65 bytes: 3, the curve's number, their count.
  hashAt = said.indexOf(Buffer.of(3, 0, 23, 65)) + 4 + 65;
});

test('what a server says is let through, in pieces of any size', () => {
  expect([said[hashAt], said[hashAt + 1]]).toEqual([SHA256, RSA]);
  for (const size of [1, 5, 100, 100_000]) expect(() => hear(said, size)).not.toThrow();
});

test.each([
  ['hash', 0, 0],
  ['hash that is broken', 0, 1],
  ['signature', 1, 0],
  ['signature that is known', 1, 2],
])('a key without a %s is refused', (_, at, value) => {
  const forged = Buffer.from(said);
  forged[hashAt + at] = value;
  for (const size of [1, 5, 100, 100_000]) expect(() => hear(forged, size)).toThrow('not signed');
});

test('so is one in a form that it does not know, or that ends too soon', () => {
  const forged = Buffer.from(said);
  forged[hashAt - 65 - 4] = 1;
  expect(() => hear(forged, 100)).toThrow('not signed');
  expect(() => new Handshake().heed(Uint8Array.of(22, 3, 3, 0, 5, 12, 0, 0, 1, 3))).toThrow('not signed');
});

/** As the SDK reads: never beyond the end of a record's head, nor of a record. */
function hear(bytes: Buffer, size: number): void {
  const handshake = new Handshake();
  for (let start = 0; start < bytes.length;) {
    const end = start + 5 + bytes.readUInt16BE(start + 3);
    for (const [from, to] of [
      [start, start + 5],
      [start + 5, end],
    ] as const)
      for (let at = from; at < to; at += size) handshake.heed(bytes.subarray(at, Math.min(at + size, to)));
    start = end;
  }
}
