/** The doors to TLS and to mDNS, over stand-ins of the SDK's modules (sdk/) that misbehave as the SDK does. */
import { beforeEach, expect, test } from 'vitest';
import { searchFor } from '../chip/discovery.js';
import { secureSocket } from '../chip/secure-socket.js';
import { readSettings } from '../settings.js';
import type { Found, Search } from '../uplinks/search.js';
import { VirtualClock } from '../../tools/simulator/clock.js';
import DNSSD, { type Service } from './sdk/dnssd.js';
import TCP from './sdk/tcp.js';
import TLSSocket, { CAME } from './sdk/tls.js';

let errors: number;

beforeEach(() => {
  errors = 0;
});

test('TLS: once the handshake is through, data goes out', () => {
  connect();
  TCP.newest.options.onReadable(CAME.hello);
  expect([TCP.newest.written, errors]).toEqual([[22, 20, 22, 23], 0]);
});

test('TLS: after a farewell in the handshake nothing goes out in the clear, and the connection is over', () => {
  connect();
  expect(() => TCP.newest.options.onReadable(CAME.farewell)).toThrow('broke off');
  expect([TCP.newest.written, errors]).toEqual([[], 1]);
});

test('TLS: a certificate that is wrong ends the connection, and the reason goes on to abort', () => {
  connect();
  expect(() => TCP.newest.options.onReadable(CAME.wrongCertificate)).toThrow('auth err');
  expect(errors).toBe(1);
});

test('TLS: asks for the name that is given, and else for the host', () => {
  connect();
  expect(TLSSocket.secure).toEqual({ certificate: new Uint8Array([1, 2, 3]).buffer });
  connect('pi.home');
  expect(TLSSocket.secure).toMatchObject({ serverName: 'pi.home' });
});

const PI: Service = { name: 'a', address: '192.168.1.5', port: 8080, txt: new Map([['mqtt', '1883']]) };
const SECURE: Service = { ...PI, name: 'b', txt: new Map([['tls', 'pi.home']]) };

test('mDNS: a search ends after the packet in which it found, and another one beside it finds the same', async () => {
  const clock = new VirtualClock(0);
  const [one, other] = [search(clock, {}), search(clock, {})];
  const found: (Found | null)[] = [];
  one.look((first) => {
    found.push(first);
    other.look((second) => found.push(second));
  });
  DNSSD.hears(PI);
  expect(found).toEqual([{ host: '192.168.1.5', http: 8080, mqtt: 1883, tls: null }]);
  DNSSD.hears(PI);
  await clock.run(1);
  expect([found[1], DNSSD.users]).toEqual([found[0], 0]);
});

test.each([
  ['no certificate', {}, SECURE, PI],
  ['a certificate', { certificate: 'AQID' }, PI, SECURE],
  ['MQTT', { transport: 'mqtt' }, { ...PI, name: 'c', txt: new Map() }, PI],
])('mDNS: with %s it takes the one that it can trust and talk to, and no other', async (_, config, wrong, right) => {
  const clock = new VirtualClock(0);
  const found: (Found | null)[] = [];
  search(clock, config).look((one) => found.push(one));
  DNSSD.hears(wrong);
  expect(found).toEqual([]);
  DNSSD.hears(right);
  expect(found).toMatchObject([{ http: 8080, tls: right.txt?.get('tls') ?? null }]);
  await clock.run(1);
});

test('mDNS: where the settings name the collector, nobody is looked for', () => {
  const clock = new VirtualClock(0);
  const config = { ssid: 'Home', token: 't', collector: 'http://pi:8080' };
  expect(searchFor(readSettings(config), clock)).toBeNull();
});

function search(clock: VirtualClock, config: Record<string, string>): Search {
  return searchFor(readSettings({ ssid: 'Home', token: 't', ...config }), clock)!;
}

function connect(name?: string): void {
  const { io, ...options } = secureSocket({ certificate: 'AQID', ...(name !== undefined && { name }) }) as {
    io: new (options: object) => unknown;
  };
  void new io({ ...options, host: 'pi', onError: () => errors++ });
}
