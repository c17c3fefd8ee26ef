import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import type { Answer } from '../../../firmware/protocol/reply.js';
import { VirtualClock } from '../../simulator/clock.js';
import { Network, type NetworkOptions } from '../../simulator/network.js';
import { Random } from '../../simulator/random.js';
import { HttpExchange } from '../../simulator/http-exchange.js';
import { SimulatedUplink } from '../../simulator/uplink.js';

const START = 1_700_000_000_000;
const closers: (() => void)[] = [];

afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A server that notes what it is sent, and an uplink to it. */
async function bench(
  answer: (response: ServerResponse, request: IncomingMessage) => void,
  way: Partial<NetworkOptions> = {},
) {
  const received: string[] = [];
  const sockets = new Set<unknown>();
  const server = createServer((request, response) => {
    sockets.add(request.socket);
    void text(request).then((body) => {
      received.push(`${request.method} ${request.url} ${request.headers['content-length']} ${body}`);
      answer(response, request);
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const clock = new VirtualClock(START);
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/api`);
  const uplink = new SimulatedUplink({
    way: new HttpExchange(url),
    clock,
    network: new Network({ random: new Random(1), ...way }),
  });
  closers.push(
    () => uplink.close(),
    () => server.close(),
    () => server.closeAllConnections(),
  );
  /** Sends, and tells the answer and how long the device waited for it. */
  const send = async (body: string): Promise<{ answer: Answer | undefined; ms: number }> => {
    const sent = clock.now();
    let heard: { answer: Answer; ms: number } | undefined;
    uplink.send(body, (answer) => (heard = { answer, ms: clock.now() - sent }));
    await clock.run(Infinity, 'fast', () => heard !== undefined);
    return heard ?? { answer: undefined, ms: NaN };
  };
  return { clock, received, sockets, send, uplink, server };
}

const created = (response: ServerResponse): void => {
  response.writeHead(201, { 'content-type': 'application/json' }).end('{"next":3,"now":1800000000000}');
};

describe('SimulatedUplink', () => {
  it('puts the body as it is, on one kept connection, and tells the collector’s time in simulated time', async () => {
    const { received, sockets, send, clock } = await bench(created);
    const { answer, ms } = await send('{"ä":1}');
    expect(answer).toEqual({ status: 201, body: { next: 3, now: clock.now() - ms / 2 } });
    await send('{}');
    expect(received).toEqual(['PUT /api/batch/new 8 {"ä":1}', 'PUT /api/batch/new 2 {}']);
    expect(sockets.size).toBe(1);
  });

  it('hands over status and Retry-After of a refusal, and null for a body that is no JSON', async () => {
    const { send } = await bench((response) => response.writeHead(503, { 'retry-after': '7' }).end('<html>'));
    expect((await send('{}')).answer).toEqual({ status: 503, body: null, retryAfter: 7 });
  });

  it('gives no answer when the request is lost; the collector has nothing', async () => {
    const { send, received } = await bench(created, { lostRequests: 1 });
    expect(await send('{}')).toEqual({ answer: { status: null, body: null }, ms: 15_000 });
    expect(received).toEqual([]);
  });

  it('gives no answer when the answer is lost, though the collector has everything', async () => {
    const { send, received } = await bench(created, { lostAnswers: 1 });
    expect(await send('{}')).toEqual({ answer: { status: null, body: null }, ms: 15_000 });
    expect(received).toHaveLength(1);
  });

  it('reaches nothing during an outage', async () => {
    const { clock, send, received } = await bench(created, { outages: [{ from: START, to: START + 60_000 }] });
    while (clock.now() < START + 60_000) expect((await send('{}')).answer?.status).toBeNull();
    expect(received).toEqual([]);
    expect((await send('{}')).answer?.status).toBe(201);
  });

  it('gives no answer when the connection breaks or nothing listens', async () => {
    const { send, server } = await bench((response) => response.destroy());
    expect((await send('{}')).answer?.status).toBeNull();
    server.close();
    expect((await send('{}')).answer?.status).toBeNull();
  });

  it('close() ends what is under way without an answer; it may be called twice', async () => {
    const { clock, uplink } = await bench(created);
    let answers = 0;
    uplink.send('{}', () => answers++);
    uplink.close();
    uplink.close();
    await clock.run(START + 60_000);
    expect(answers).toBe(0);
  });
});
