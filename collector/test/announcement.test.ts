/** What the LAN hears of a collector by mDNS: over real multicast, on the loopback interface. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Bonjour } from 'bonjour-service';
import { expect, onTestFinished, test } from 'vitest';
import { VERSION } from '../../firmware/protocol/version.js';
import { Announcement, isForOthers } from '../announcement.js';

/** A port of its own, so that nobody else's mDNS is asked or told. */
const SOCKET = { port: 20_000 + (process.pid % 20_000), interface: '127.0.0.1', bind: '0.0.0.0' };

const MQTT = { broker: 'own', state: 'listening', address: 'mqtt://localhost:1883' } as const;

const lacking = await missing();
if (lacking !== null)
  process.stderr.write(`mDNS tests are left out: no multicast on the loopback interface (${lacking})\n`);

/** Why no message comes back, or null. */
async function missing(): Promise<string | null> {
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  try {
    socket.bind(SOCKET.port, SOCKET.bind);
    await once(socket, 'listening');
    socket.addMembership('224.0.0.251', SOCKET.interface);
    socket.setMulticastInterface(SOCKET.interface);
    const came = once(socket, 'message').then(() => null);
    socket.send('x', SOCKET.port, '224.0.0.251');
    return await Promise.race([came, sleep(1000, 'nothing came back')]);
  } catch (error) {
    return (error as Error).message;
  } finally {
    socket.close();
  }
}

interface Heard {
  name: string;
  type: string;
  ttl: number;
  data: any;
}

/** All records that are sent from now on; `answered` are those of answers, which alone bring others along. */
function listen(): { heard: Heard[]; answered: Heard[]; ask: (name: string) => void } {
  const bonjour = new Bonjour(SOCKET) as unknown as { server: { mdns: any }; destroy(): void };
  onTestFinished(() => bonjour.destroy());
  const { mdns } = bonjour.server;
  const [heard, answered]: Heard[][] = [[], []];
  mdns.on('response', ({ answers, additionals }: { answers: Heard[]; additionals: Heard[] }) => {
    heard!.push(...answers, ...additionals);
    if (additionals.length > 0) answered!.push(...answers);
  });
  return { heard: heard!, answered: answered!, ask: (name) => mdns.query(name, 'PTR') };
}

function announcement(
  url: string,
  mqtt: ConstructorParameters<typeof Announcement>[0]['mqtt'],
  tls: string | null = null,
  others: Partial<ConstructorParameters<typeof Announcement>[0]> = {},
) {
  const log: string[] = [];
  const line = (_: object, text: string) => void log.push(text);
  const announcement = new Announcement({
    url,
    tls,
    mqtt,
    log: { info: line, warn: line, error: line },
    socket: SOCKET,
    ...others,
  });
  onTestFinished(() => announcement.close());
  return { announcement, log };
}

test.skipIf(lacking !== null)('a collector says where it is, answers who asks, and says when it goes', async () => {
  const { heard, answered, ask } = listen();
  const { announcement: one, log } = announcement('http://localhost:8080', MQTT);
  await one.open();
  const of = (type: string, name: RegExp) => heard.filter((record) => record.type === type && name.test(record.name));
  await expect
    .poll(() => of('SRV', /_thermowell\._tcp\.local$/).at(-1)?.data)
    .toMatchObject({
      port: 8080,
      target: expect.stringMatching(/^thermowell-[0-9a-f]{6}\.local$/),
    });
  expect(
    of('TXT', /_thermowell\._tcp\.local$/)[0]!
      .data.map(String)
      .sort(),
  ).toEqual(['mqtt=1883', 'path=/', `version=${VERSION}`]);
  expect(of('SRV', /^Thermowell on .+ \([0-9a-f]{6}\)\._http\._tcp\.local$/)).not.toEqual([]);

  ask('_thermowell._tcp.local');
  await expect.poll(() => answered.map(({ name, type }) => `${type} ${name}`)).toEqual(['PTR _thermowell._tcp.local']);

  await one.close();
  await expect.poll(() => of('SRV', /_thermowell\._tcp\.local$/).at(-1)?.ttl).toBe(0);
  await one.close();
  expect(log).toEqual([]);
});

test.skipIf(lacking !== null)('another port is part of the name, an outside broker is not told of', async () => {
  const { heard } = listen();
  await announcement('http://localhost:9090', { ...MQTT, broker: 'outside' }).announcement.open();
  await expect.poll(() => heard.find(({ type }) => type === 'TXT')?.data.map(String)).not.toContain('mqtt=1883');
  expect(heard.find(({ type }) => type === 'SRV')!.name).toMatch(/, port 9090\)\._thermowell/);
});

test.skipIf(lacking !== null)(
  'when the host gets another address it says where it is again, and else keeps quiet',
  async () => {
    const { heard } = listen();
    let [address, looks] = ['192.168.1.5', 0];
    const addresses = (): string => (looks++, address);
    const one = announcement('http://localhost:8080', MQTT, null, { addresses, lookMs: 20 });
    await one.announcement.open();
    const said = () => heard.filter(({ type, ttl }) => type === 'SRV' && ttl > 0).length;
    await expect.poll(said).toBeGreaterThan(0);
    await expect.poll(() => looks).toBeGreaterThan(50);
    // both services were said once, and, as mDNS has it, once more after 3 s, 9 s, 27 s where that took so long
    const before = said();
    expect(before).toBeLessThanOrEqual(8);
    address = '192.168.1.9';
    await expect.poll(said).toBeGreaterThan(before);
    expect(one.log).toEqual([]);
  },
);

test.skipIf(lacking !== null)('one that speaks TLS says what its certificate is made out to', async () => {
  const { heard } = listen();
  await announcement('https://localhost:8080', MQTT, 'pi.home').announcement.open();
  await expect.poll(() => heard.find(({ type }) => type === 'TXT')?.data.map(String)).toContain('tls=pi.home');
});

test('where there is no network it says so in the log, and nothing else happens', async () => {
  const log: string[] = [];
  const line = (_: object, text: string) => void log.push(text);
  const socket = { ...SOCKET, bind: '192.0.2.77' };
  const one = new Announcement({
    url: 'http://localhost:1',
    tls: null,
    mqtt: null,
    log: { info: line, warn: line, error: line },
    socket,
  });
  await one.open();
  await expect.poll(() => log).not.toEqual([]);
  await one.close();
});

test.each([
  ['::', true],
  ['0.0.0.0', true],
  ['192.168.1.5', true],
  ['127.0.0.1', false],
  ['::1', false],
  ['localhost', false],
])('others are told of what listens on %s: %s', (host, told) => {
  expect(isForOthers(host)).toBe(told);
});
