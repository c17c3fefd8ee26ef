import { createHash } from 'node:crypto';
import { readdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder, start, NOW, USERS, type Answer, type Running } from './running.js';

const CHIP = { esp32: 0, esp32c3: 5 };

/** An image as the chip's ROM takes it, as far as anybody looks. */
function image(platform: keyof typeof CHIP, fill = 1, length = 5000): Buffer {
  const bytes = Buffer.alloc(length, fill);
  bytes[0] = 0xe9;
  bytes.writeUInt16LE(CHIP[platform], 12);
  return bytes;
}

function add(
  collector: Running,
  bytes: Buffer,
  { token = 'robin', version = '1.1.0', platform }: { token?: string; version?: string; platform?: string } = {},
): Promise<Answer> {
  const headers = { 'content-type': 'application/octet-stream', authorization: `Bearer ${token}` };
  return collector.call(
    'PUT',
    `/firmware/new?version=${version}${platform === undefined ? '' : `&platform=${platform}`}`,
    { raw: bytes, headers },
  );
}

const as = (token: string) => ({ authorization: `Bearer ${token}` });

/** The answer to an empty batch of a device that says what it runs. */
async function ask(
  collector: Running,
  status: object | undefined,
  { token = 'robin', device_id = 'dev' } = {},
): Promise<any> {
  const batch = { token, device_id, log: 'a', first: 0, clock: 'unix', time: [], sensors: {}, status };
  return (await collector.put('/batch/new', batch)).body;
}

test('an image is listed, can be read by its user, and is gone once deleted', async () => {
  const collector = await start();
  const bytes = image('esp32');
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const { status, body } = await add(collector, bytes);
  expect(status).toBe(201);
  expect(body).toMatchObject({ version: '1.1.0', platform: 'esp32', length: 5000, sha256, user: 'Robin', added: NOW });
  expect((await collector.get('/firmware')).body).toEqual([body]);
  const read = await fetch(`${collector.url}/api/firmware/${body.name}`, { headers: { authorization: 'Token robin' } });
  expect(read.headers.get('content-length')).toBe('5000');
  expect(bytes.equals(new Uint8Array(await read.arrayBuffer()))).toBe(true);
  expect(
    (await collector.call('DELETE', `/firmware/${body.name}`, { headers: { authorization: 'Bearer robin' } })).status,
  ).toBe(204);
  expect((await collector.get('/firmware')).body).toEqual([]);
  expect((await collector.get(`/firmware/${body.name}`, { authorization: 'Bearer robin' })).status).toBe(404);
  expect(await readdir(join(collector.folder, 'firmware'))).toEqual([]);
});

test('the same image again is the one that is there', async () => {
  const collector = await start();
  const [first, second] = await Promise.all([add(collector, image('esp32')), add(collector, image('esp32'))]);
  expect(second.body).toEqual(first.body);
  expect((await collector.get('/firmware')).body).toHaveLength(1);
});

test('a device is offered the newest image of its user for its chip that is newer than what it runs', async () => {
  const collector = await start();
  await add(collector, image('esp32', 1), { version: '1.9.0' });
  const newest = await add(collector, image('esp32', 2), { version: '1.10.0' });
  await add(collector, image('esp32', 3), { version: '1.10.0-rc.2' });
  await add(collector, image('esp32c3', 4), { version: '2.0.0', platform: 'esp32c3' });
  await add(collector, image('esp32', 5), { version: '3.0.0', token: 'ada' });
  const { name, version, length, sha256 } = newest.body;
  const running = { version: '1.9.0', platform: 'esp32' };
  expect((await ask(collector, running)).firmware).toEqual({ name, version, length, sha256 });
  expect((await ask(collector, { ...running, version: '1.10.0' })).firmware).toBeUndefined();
  expect((await ask(collector, { ...running, version: 'unknown' })).firmware).toBeUndefined();
  expect((await ask(collector, { version: '1.9.0' })).firmware).toBeUndefined();
  expect((await ask(collector, undefined)).firmware).toBeUndefined();
  expect((await ask(collector, { ...running, platform: 'esp' })).firmware).toBeUndefined();
  expect((await ask(collector, running, { token: 'ada', device_id: 'other' })).firmware.version).toBe('3.0.0');
});

test('nobody reads, replaces or deletes an image of another user; a token bound to devices only reads', async () => {
  const collector = await start();
  const { name } = (await add(collector, image('esp32'))).body;
  expect((await collector.get(`/firmware/${name}`)).status).toBe(403);
  expect((await collector.get(`/firmware/${name}`, as('ada'))).status).toBe(403);
  expect((await collector.get(`/firmware/${name}`, as('robin-too'))).status).toBe(200);
  expect((await collector.call('DELETE', `/firmware/${name}`, { headers: as('ada') })).status).toBe(403);
  expect((await add(collector, image('esp32'), { token: 'bound' })).status).toBe(403);
  expect((await add(collector, image('esp32'), { token: 'nobody' })).status).toBe(403);
  const own = (await add(collector, image('esp32'), { token: 'ada' })).body;
  expect(own.name).not.toBe(name);
  expect((await collector.get('/firmware')).body).toHaveLength(2);
});

test.each([
  ['no image', Buffer.from('hello, I am no image at all'), {}, 'e9'],
  ['too short an image', Buffer.from([0xe9]), {}, 'e9'],
  ['an image for another chip', image('esp32c3'), { platform: 'esp32' }, 'esp32c3'],
  ['an image for a chip that nobody knows', Buffer.from('e9'.padEnd(60, '7'), 'hex'), {}, 'chip 30583'],
  ['no version', image('esp32'), { version: '' }, 'version'],
  ['half a version', image('esp32'), { version: '1.2' }, 'version'],
  ['a platform that is none', image('esp32'), { platform: '../esp32' }, 'esp32'],
])('refuses %s', async (_, bytes, options, word) => {
  const collector = await start();
  const { status, body } = await add(collector, bytes, options);
  expect(status).toBe(400);
  expect(body.detail).toContain(word);
  expect((await collector.get('/firmware')).body).toEqual([]);
});

test('refuses an image that is longer than any flash, and other names than new', async () => {
  const collector = await start();
  expect((await add(collector, image('esp32', 1, 4 * 1024 * 1024 + 1))).status).toBe(413);
  const headers = { authorization: 'Bearer robin', 'content-type': 'application/octet-stream' };
  expect((await collector.call('PUT', '/firmware/mine', { raw: image('esp32'), headers })).status).toBe(404);
});

test('images are there after a restart; what was being added when the power went is cleared away', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'users.json'), JSON.stringify(USERS));
  const first = await start({ folder });
  const { body } = await add(first, image('esp32'));
  await first.close();
  await writeFile(join(folder, 'firmware', 'esp32-9.9.9-00000000.bin'), 'half');
  await writeFile(join(folder, 'firmware', 'esp32-9.9.9-00000001.bin.tmp'), 'half');
  const second = await start({ folder });
  expect((await second.get('/firmware')).body).toEqual([body]);
  expect((await readdir(join(folder, 'firmware'))).toSorted()).toEqual([`${body.name}.bin`, `${body.name}.json`]);
});

test('an image that was damaged on disk is not handed out', async () => {
  const collector = await start();
  const { name } = (await add(collector, image('esp32'))).body;
  await truncate(join(collector.folder, 'firmware', `${name}.bin`), 4000);
  expect((await collector.get(`/firmware/${name}`, { authorization: 'Bearer robin' })).status).toBe(500);
});
