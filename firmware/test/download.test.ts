import { beforeEach, expect, test } from 'vitest';
import { downloadFrom } from '../uplinks/download.js';
import type { HttpClient, HttpRequest } from '../uplinks/http.js';

/** One connection; the test plays the collector. */
class Client implements HttpClient {
  readonly requests: HttpRequest[] = [];
  closed = false;
  #incoming = new Uint8Array();
  readonly #exchange = { read: () => this.#incoming.slice().buffer, write: () => 0 };

  request(options: HttpRequest): void {
    if (this.closed) throw new TypeError('closed');
    this.requests.push(options);
  }

  close(): void {
    this.closed = true;
  }

  heads(status: number): void {
    this.requests[0]!.onHeaders.call(this.#exchange, status, new Map());
  }

  sends(...bytes: number[]): void {
    this.#incoming = Uint8Array.from(bytes);
    this.requests[0]!.onReadable.call(this.#exchange, bytes.length);
  }

  ends(error: Error | null): void {
    this.requests[0]!.onDone.call(this.#exchange, error);
  }
}

let client: Client;
let failed: () => void;
let bytes: number[];
let ends: boolean[];

beforeEach(() => {
  client = new Client();
  [bytes, ends] = [[], []];
});

test('asks for the image with its token, hands over what comes, and ends', () => {
  fetchImage();
  const { method, path, headers } = client.requests[0]!;
  expect([method, path]).toEqual(['GET', '/api/firmware/esp32-1.1.0-9f3a17c2']);
  expect(headers.get('authorization')).toBe('Bearer secret');
  client.heads(200);
  client.sends(1, 2);
  client.sends(3);
  client.ends(null);
  expect([bytes, ends, client.closed]).toEqual([[1, 2, 3], [true], true]);
});

test('another status is no image, whatever its body', () => {
  fetchImage();
  client.heads(404);
  client.sends(1, 2);
  client.ends(null);
  expect([bytes, ends, client.closed]).toEqual([[], [false], true]);
});

test('a connection that breaks is told once', () => {
  fetchImage();
  client.heads(200);
  client.sends(1);
  client.ends(new Error());
  failed();
  expect([bytes, ends]).toEqual([[1], [false]]);
});

test('one that breaks while it is made is closed and told', () => {
  fetchImage(true);
  expect([client.requests, ends, client.closed]).toEqual([[], [false], true]);
});

test('once cancelled nothing is heard of it', () => {
  const cancel = fetchImage();
  client.heads(200);
  cancel();
  client.sends(1);
  client.ends(null);
  failed();
  expect([bytes, ends, client.closed]).toEqual([[], [], true]);
});

test('what the one who takes the bytes throws ends it', () => {
  fetchImage();
  client.heads(200);
  bytes = null as never;
  client.sends(1);
  expect([ends, client.closed]).toEqual([[false], true]);
});

function fetchImage(breaks = false): () => void {
  const download = downloadFrom({
    connect: ({ onError }) => {
      failed = onError;
      if (breaks) onError();
      return client;
    },
    address: { secure: false, host: 'pi.local', port: 80, base: '/api' },
    token: 'secret',
  });
  return download('esp32-1.1.0-9f3a17c2', {
    onBytes: (piece) => void bytes.push(...piece),
    onEnd: (whole) => void ends.push(whole),
  });
}
