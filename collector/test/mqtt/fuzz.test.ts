/**
 * Bytes that are no MQTT, MQTT that is no upload, clients that read nothing: the real process stays up, goes on storing,
 * and its memory stays bounded. `FUZZ_SECONDS=60` for more of it.
 */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { Chance } from '../chance.js';
import { CollectorProcess } from '../process.js';
import { temporaryFolder, USERS } from '../running.js';
import { batch, BATCH, T0, TestClient } from './devices.js';

const SECONDS = Number(process.env['FUZZ_SECONDS'] ?? 6);
const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 1_000_000);

/** At least so many clients, however slow the machine is. */
const CONNECTIONS = SECONDS * 5;

/** More than any of it should cost a process that has some 90 MB when nothing happens. */
const MEMORY_MAX = 400 * 1024 * 1024;

let names = 0;

/** MQTT 3.1.1, user "any", password "robin", a client id of its own: otherwise each would push the one before it out. */
function hello(): Buffer {
  const id = String(names++ % 10_000).padStart(4, '0');
  return packet(0x10, Buffer.from(`\0\x04MQTT\x04\xc2\0\x3c\0\x04${id}\0\x03any\0\x05robin`, 'latin1'));
}

function packet(type: number, rest: Buffer): Buffer {
  const length: number[] = [];
  for (let left = rest.length; ; left >>= 7) {
    length.push((left & 127) | (left > 127 ? 128 : 0));
    if (left <= 127) return Buffer.concat([Buffer.from([type, ...length]), rest]);
  }
}

function publish(topic: string, payload: Buffer, type = 0x32): Buffer {
  const name = Buffer.from(topic);
  const head = Buffer.from([name.length >> 8, name.length & 255]);
  return packet(type, Buffer.concat([head, name, Buffer.from([0, 7]), payload]));
}

const TEXT = Buffer.from(JSON.stringify(batch(0, 3, T0)));
const PACKED = gzipSync(TEXT);
/** 5 kB that unpack to more than is allowed */
const BOMB = gzipSync(Buffer.alloc(5e6));
const TOPICS = [BATCH, 'thermowell/dev/point', 'thermowell/dev/reply', 'home/x', '$SYS/x', '', '/', 'a/+/#', '\u0000'];

/** Something that a client might send after CONNECT, broken in some way. */
function nonsense(chance: Chance): Buffer {
  const noise = Buffer.from(Array.from({ length: chance.between(0, 300) }, () => chance.between(0, 255)));
  const cut = TEXT.subarray(0, chance.between(0, TEXT.length));
  const payload = [noise, cut, TEXT, PACKED, PACKED.subarray(0, 20), BOMB];
  const topic = TOPICS[chance.between(0, TOPICS.length - 1)]!;
  const types = [0x30, 0x32, 0x34, 0x36, 0x33, 0x3b];
  switch (chance.between(1, 5)) {
    case 1:
      return noise;
    case 2:
      return packet(chance.between(0, 255), noise);
    case 3:
      // SUBSCRIBE and UNSUBSCRIBE
      return packet([0x82, 0xa2][chance.between(0, 1)]!, Buffer.concat([Buffer.from([0, 9, 0, topic.length]), cut]));
    default:
      return publish(topic, payload[chance.between(0, payload.length - 1)]!, types[chance.between(0, 5)]);
  }
}

async function opened(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('connect', resolve).once('close', resolve));
  return socket;
}

test('a storm of nonsense leaves it up, storing and small', { timeout: 300_000 }, async () => {
  process.stderr.write(`MQTT fuzz: FUZZ_SEED=${seed}\n`);
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'users.json'), JSON.stringify(USERS));
  const env = { THERMOWELL_LOG_LEVEL: 'fatal', THERMOWELL_MQTT: 'on', THERMOWELL_MQTT_PORT: '0' };
  const collector = new CollectorProcess(folder, env);
  const port = await collector.mqttPort();
  const end = Date.now() + SECONDS * 1000;
  const honest = await TestClient.open(port, 'robin');
  let next = 0;
  let connections = 0;

  const storm = async (chance: Chance): Promise<void> => {
    while (Date.now() < end || connections < CONNECTIONS) {
      const socket = await opened(port);
      connections++;
      if (chance.between(1, 6) > 1) socket.write(hello());
      for (let i = chance.between(0, 12); i > 0; i--) socket.write(nonsense(chance));
      await sleep(chance.between(0, 10));
      socket.destroy();
    }
  };
  /** Connects, wants everything, and reads nothing of it. */
  const deaf = async (): Promise<void> => {
    const socket = await opened(port);
    socket.pause();
    socket.write(Buffer.concat([hello(), packet(0x82, Buffer.from('\0\x01\0\x06home/#\x01', 'latin1'))]));
    await new Promise((resolve) => socket.once('close', resolve).setTimeout(SECONDS * 1000, () => resolve(null)));
    socket.destroy();
  };
  /** Begins a packet of the longest size there is and never ends it. */
  const endless = async (): Promise<void> => {
    const socket = await opened(port);
    socket.write(Buffer.concat([hello(), Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f])]));
    const piece = Buffer.alloc(65_536);
    while (Date.now() < end && !socket.destroyed) {
      socket.write(piece);
      await sleep(1);
    }
    socket.destroy();
  };
  const flood = async (): Promise<void> => {
    const client = await TestClient.open(port, 'ada', { clientId: 'flood' });
    const payload = Buffer.alloc(10_000, 'x');
    while (Date.now() < end)
      await Promise.all(Array.from({ length: 50 }, () => client.publish('home/flood', payload, 0)));
  };
  let most = 0;
  const watched = async (): Promise<void> => {
    while (Date.now() < end) {
      most = Math.max(most, residentBytes(collector.child.pid!) ?? 0);
      expect(await honest.publish('thermowell/honest/batch', batch(next, 5, T0))).toBe(true);
      next += 5;
      await sleep(20);
    }
  };
  const storms = [1, 2, 3].map((n) => storm(new Chance(seed + n)));
  await Promise.all([watched(), flood(), deaf(), deaf(), endless(), ...storms]);

  process.stderr.write(`MQTT fuzz: ${connections} connections, at most ${Math.round(most / 1e6)} MB\n`);
  expect(collector.child.exitCode).toBeNull();
  expect(most).toBeLessThan(MEMORY_MAX);
  const url = await collector.url();
  const { ledger } = (await (await fetch(`${url}/devices/honest`)).json()) as any;
  expect(ledger).toMatchObject([{ next, stored: next, lost: 0 }]);
  expect(await collector.end('SIGTERM')).toBe(0);
});

/** null where there is no /proc. */
function residentBytes(pid: number): number | null {
  try {
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) * 1024;
  } catch {
    return null;
  }
}
