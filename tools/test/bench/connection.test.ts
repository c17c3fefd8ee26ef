import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Connection } from '../../bench/connection.js';

const READ = { method: 'GET', path: '/x' } as const;
const BODY = '{"temp":"21.5 °C\\r\\n"}';
const LENGTH = Buffer.byteLength(BODY);
const BY_LENGTH = Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${LENGTH}\r\n\r\n${BODY}`);
const IN_CHUNKS = Buffer.concat([
  Buffer.from('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n'),
  Buffer.from(BODY).subarray(0, 6),
  Buffer.from(`\r\n${(LENGTH - 6).toString(16)}\r\n`),
  Buffer.from(BODY).subarray(6),
  Buffer.from('\r\n0\r\n\r\n'),
]);

/** What the server answers, piece by piece; nothing: it hangs up. */
let pieces: Uint8Array[];
let requests: string[];
let server: Server;
let connection: Connection;

beforeEach(async () => {
  requests = [];
  server = createServer((socket: Socket) => {
    socket.setNoDelay();
    socket.on('data', (request) => {
      requests.push(String(request));
      void answer(socket);
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  connection = await Connection.open(new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
});
afterEach(() => {
  connection.close();
  server.close();
});

async function answer(socket: Socket): Promise<void> {
  for (const piece of pieces) {
    socket.write(piece);
    await setImmediate();
  }
  if (pieces.length === 0) socket.end();
}

describe('Connection', () => {
  it.each([
    ['with a length', BY_LENGTH],
    ['in chunks', IN_CHUNKS],
  ])('reads an answer %s, wherever it is cut', async (_, bytes) => {
    for (let cut = 1; cut < bytes.length; cut++) {
      pieces = [bytes.subarray(0, cut), bytes.subarray(cut)];
      expect(await connection.send(READ), `cut at ${cut}`).toBe(BODY);
    }
  });

  it('sends a body with its length in bytes', async () => {
    pieces = [Buffer.from('HTTP/1.1 201 Created\r\ncontent-length: 2\r\n\r\n17')];
    expect(await connection.send({ method: 'PUT', path: '/point/new', body: BODY })).toBe('17');
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatch(/^PUT \/point\/new HTTP\/1\.1\r\nHost: 127\.0\.0\.1:\d+\r\n/);
    expect(requests[0]).toMatch(new RegExp(`\r\nContent-Length: ${LENGTH}\r\n(.+\r\n)*\r\n`));
    expect(requests[0]!.endsWith(BODY)).toBe(true);
  });

  it('takes no answer but success', async () => {
    pieces = [Buffer.from('HTTP/1.1 409 Conflict\r\nContent-Length: 4\r\n\r\nno!!')];
    await expect(connection.send(READ)).rejects.toThrow('GET /x: 409 no!!');
  });

  it('fails when the server hangs up, and from then on', async () => {
    pieces = [];
    await expect(connection.send(READ)).rejects.toThrow('closed the connection');
    await expect(connection.send(READ)).rejects.toThrow('closed the connection');
  });
});
