/** backup, restore, check: what is kept is all of it, and what is damaged is named and not spread. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, open, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openCollector } from '../../collector/collector.js';
import { loadConfig } from '../../collector/config.js';
import { JsonStore } from '../../collector/store/json-store.js';
import { writeUsers } from '../../collector/users.js';
import type { DeviceShape, PointShape } from '../../firmware/protocol/rest.js';
import { TestCollector, TOKEN } from './collector.js';
import { onTerminal, start, thermowell } from './thermowell.js';

const T0 = Date.UTC(2026, 10, 1);
const MINUTE = 60_000;

let scratch: string;

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'thermowell-keep-'));
});
afterEach(() => rm(scratch, { recursive: true }));

const run = (...args: string[]) => thermowell(args, { cwd: scratch });
const at = (...parts: string[]) => join(scratch, ...parts);

/** Readings of a device, a minute apart. */
function batch(first: number, count: number) {
  const time = Array.from({ length: count }, (_, i) => T0 + (first + i) * MINUTE);
  const temp_C = time.map((_, i) => first + i);
  return {
    batch: { device_id: 'fridge', log: 'a', first, oldest: 0, time, estimated: false, sensors: { probe: { temp_C } } },
    user: 1,
    received: T0 + (first + count) * MINUTE,
  };
}

/** A data folder as a process leaves it that was killed: 100 readings in chunks, 30 and a plain point in the journal. */
async function makeFolder(name = 'data'): Promise<string> {
  const folder = at(name);
  for (const kill of [false, true]) {
    const store = new JsonStore(at('live'), { budgets: { chunk: 50 } });
    await store.open();
    if (!kill) await store.addBatch(batch(0, 100));
    else {
      await store.createSeries({ device_id: 'shed', device_desc: '', desc: 'by hand', user: 1, created: T0 });
      await store.addPoints(2, [{ time: T0, fields: { note: 'x' } }], { once: true, received: T0 });
      for (const first of [100, 110, 120]) await store.addBatch(batch(first, 10));
      await cp(at('live'), folder, { recursive: true, filter: (file) => !file.includes('lock') });
    }
    await store.close();
  }
  await writeUsers(join(folder, 'users.json'), { [TOKEN]: { name: 'Robin', id: 1 } });
  return folder;
}

/** What a collector on the folder answers: the probe's values, and its device. */
async function answers(
  folder: string,
): Promise<{ values: unknown[]; ledger: DeviceShape['ledger'][number]; notes: unknown[] }> {
  const config = loadConfig({ host: '127.0.0.1', port: '0', data: folder, logLevel: 'silent', mqtt: false }, {});
  const collector = await openCollector(config, { log: process.stderr });
  try {
    const get = async (path: string) => (await fetch(`${collector.url}/${path}`)).json() as Promise<never>;
    const [device] = (await get('devices')) as DeviceShape[];
    const points = (await get(`series/${device?.sensors['probe'] ?? 1}?from=2026-01-01`)) as PointShape[];
    const notes = (await get('series/2?from=2026-01-01')) as PointShape[];
    return {
      values: points.map(({ fields }) => fields['temp_C']),
      ledger: device?.ledger[0] as never,
      notes: Array.isArray(notes) ? notes : [],
    };
  } finally {
    await collector.close();
  }
}

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i);

async function flip(file: string, offset: number): Promise<void> {
  const handle = await open(file, 'r+');
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, offset);
  await handle.write(Buffer.from([buffer[0]! ^ 1]), 0, 1, offset);
  await handle.close();
}

/** The journal that counts: its file, and where the line begins that has this text. */
async function lineWith(folder: string, text: string): Promise<{ file: string; offset: number }> {
  const [name] = (await readdir(join(folder, 'journal'))).sort().reverse();
  const content = await readFile(join(folder, 'journal', name!), 'latin1');
  return { file: `journal/${name}`, offset: content.lastIndexOf('\n', content.indexOf(text)) + 1 };
}

describe('thermowell backup and restore', () => {
  it('copies a collector that goes on, and a restored one goes on from there', async () => {
    const collector = await TestCollector.open();
    onTestFinished(() => collector.close());
    const end = Date.now() - 3_600_000;
    for (let i = 0; i < 5; i++) await collector.upload(20, end + i * 20 * MINUTE, { first: 100 + i * 20 });
    const writer = { stop: false, acknowledged: 0 };
    const writing = (async () => {
      const series_id = await collector.put('series/new', { token: TOKEN, device_id: 'w', device_desc: '' });
      for (; !writer.stop; writer.acknowledged++)
        await collector.put('point/new', { token: TOKEN, series_id, fields: { n: writer.acknowledged } });
    })();
    const backup = ['backup', 'house.tar', '--url', collector.url, '--json'];
    while (writer.acknowledged === 0) await new Promise(setImmediate);
    const before = writer.acknowledged;
    const { code, stdout } = await thermowell(backup, { cwd: scratch, env: { THERMOWELL_TOKEN: TOKEN } });
    writer.stop = true;
    await writing;
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ version: 1, files: expect.any(Number) });
    expect(await readdir(scratch)).toEqual(['house.tar']);
    expect((await readFile(at('house.tar'), 'latin1')).includes(TOKEN)).toBe(false);

    expect((await run('restore', 'house.tar', '--data', 'again')).code).toBe(0);
    const config = loadConfig({ host: '127.0.0.1', port: '0', data: at('again'), logLevel: 'silent', mqtt: false }, {});
    const again = await openCollector(config, { log: process.stderr });
    onTestFinished(() => again.close());
    const points = (await (await fetch(`${again.url}/series/3`)).json()) as PointShape[];
    expect(points.map(({ fields }) => fields['n'])).toEqual(upTo(points.length));
    expect(points.length).toBeGreaterThanOrEqual(before);
    expect(points.length).toBeLessThanOrEqual(writer.acknowledged);
    const [one, other] = [again, collector].map(async ({ url }) => (await fetch(`${url}/series/1?to=${end}`)).json());
    expect(await one).toEqual(await other);
    // the token works, though the file has only its hash
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ token: TOKEN, series_id: 3, fields: { n: 1 } });
    expect((await fetch(`${again.url}/point/new`, { method: 'PUT', headers, body })).status).toBe(201);
  });

  it('copies a folder on which no collector runs', async () => {
    const folder = await makeFolder();
    expect((await run('backup', 'x.tar', '--data', 'data')).code).toBe(0);
    expect((await run('restore', 'x.tar', '--data', 'y')).stderr).toContain('131 points of 2 series, 1 device');
    const [one, other] = [await answers(folder), await answers(at('y'))];
    expect(other).toEqual(one);
    expect(one.values).toEqual(upTo(130));
  });

  it('saves all but what is damaged, names that, and leaves the older backup in its place', async () => {
    const folder = await makeFolder();
    const [torn, gone] = (await readdir(join(folder, 'series/1'))).sort();
    const collector = await openCollector(
      loadConfig({ host: '127.0.0.1', port: '0', data: folder, logLevel: 'silent', mqtt: false }, {}),
      { log: process.stderr },
    );
    onTestFinished(() => collector.close());
    await truncate(join(folder, 'series/1', torn!), 0);
    await rm(join(folder, 'series/1', gone!));
    await writeFile(at('house.tar'), 'the older one');
    const env = { THERMOWELL_URL: collector.url, THERMOWELL_TOKEN: TOKEN };
    const { code, stderr } = await thermowell(['backup', 'house.tar'], { cwd: scratch, env });
    expect([code, stderr]).toEqual([6, expect.any(String)]);
    expect(stderr).toMatch(/^house\.tar\.incomplete: \d+ files/m);
    expect(stderr).toContain(`series/1/${torn}: it can't be unpacked: unexpected end of file; saved as it is`);
    expect(stderr).toContain(`series/1/${gone}: the file is missing; left out`);
    expect(stderr).toContain("2 files of the collector's are damaged");
    expect(await readFile(at('house.tar'), 'utf8')).toBe('the older one');

    const headers = { authorization: `Bearer ${TOKEN}` };
    const byHand = Buffer.from(await (await fetch(`${collector.url}/backup`, { headers })).arrayBuffer()).toString();
    expect(byHand).toContain(`"damaged":[{"file":"series/1/${torn}"`);

    expect((await run('restore', 'house.tar.incomplete', '--data', 'y')).stderr).toContain('check');
    expect((await run('check', 'y.restoring', '--repair', '--yes')).code).toBe(0);
    const { values, ledger } = await answers(at('y.restoring'));
    expect(values).toEqual(upTo(130).slice(100));
    expect(ledger).toMatchObject({ next: 130, stored: 30, lost: 100 });
  });

  it('takes nothing that only lies in the folder, secrets above all, and never removes it', async () => {
    const folder = await makeFolder();
    const strangers = [
      'users.json~',
      '.DS_Store',
      'old users.json',
      'series/Thumbs.db',
      'bundles/note',
      'lost+found/x',
    ];
    for (const name of strangers) {
      await mkdir(join(folder, name, '..'), { recursive: true });
      await writeFile(join(folder, name), `{"${TOKEN}": {}}`);
    }
    expect((await run('check', 'data')).stdout).toContain('All of it is in order.');
    expect((await run('backup', 'x.tar', '--data', 'data')).code).toBe(0);
    expect((await readFile(at('x.tar'), 'latin1')).includes(TOKEN)).toBe(false);
    expect((await run('restore', 'x.tar', '--data', 'y')).code).toBe(0);
    expect((await answers(folder)).values).toEqual(upTo(130));
    for (const name of strangers) expect(await readFile(join(folder, name), 'utf8')).toContain(TOKEN);
  });

  it('refuses a folder that a collector holds, and says what to do', async () => {
    const collector = await TestCollector.open();
    onTestFinished(() => collector.close());
    const { code, stderr } = await run('backup', 'x.tar', '--data', collector.folder);
    expect(code).toBe(6);
    expect(stderr).toContain('leave --data out');
    expect(await readdir(scratch)).toEqual([]);
  });

  it('wants a token, and not one that is bound to devices', async () => {
    const collector = await TestCollector.open();
    onTestFinished(() => collector.close());
    await writeUsers(join(collector.folder, 'users.json'), { bound: { name: 'Kim', id: 2, devices: ['d'] } });
    for (const token of ['', 'wrong', 'bound']) {
      const env = { THERMOWELL_URL: collector.url, ...(token !== '' && { THERMOWELL_TOKEN: token }) };
      expect((await thermowell(['backup', 'x.tar'], { cwd: scratch, env })).code).toBe(4);
    }
    expect(await readdir(scratch)).toEqual([]);
  });

  it('a backup that breaks off leaves no file', async () => {
    await makeFolder();
    await run('backup', 'x.tar', '--data', 'data');
    const whole = await readFile(at('x.tar'));
    const server = createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'application/x-tar' });
      response.write(whole.subarray(0, 5000), () => response.destroy());
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { code, stderr } = await run('backup', 'y.tar', '--url', url);
    expect(code).toBe(3);
    expect(stderr).toContain('broke off');
    expect((await readdir(scratch)).includes('y.tar')).toBe(false);
  });

  it('restores nothing from half an archive, a changed one, or none', async () => {
    await makeFolder();
    await run('backup', 'x.tar', '--data', 'data');
    const whole = await readFile(at('x.tar'));
    // to the end of a block, as a tar without its last files looks
    for (const [name, bytes] of [
      ['short.tar', whole.subarray(0, whole.length - 5000)],
      ['blocks.tar', whole.subarray(0, 1024)],
      ['empty.tar', whole.subarray(0, 0)],
      ['other.tar', Buffer.from('not an archive at all'.repeat(100))],
    ] as const) {
      await writeFile(at(name), bytes);
      const { code, stderr } = await run('restore', name, '--data', 'y');
      expect([name, code]).toEqual([name, 1]);
      expect(stderr).toContain(`${name} can't be restored: it`);
    }
    await writeFile(at('flipped.tar'), whole);
    await flip(at('flipped.tar'), 700);
    expect((await run('restore', 'flipped.tar', '--data', 'y')).stderr).toContain('it is not what was written');
    const missing = await run('restore', 'nowhere.tar', '--data', 'y');
    expect(missing).toMatchObject({ code: 1, stderr: 'thermowell: nowhere.tar: no such file or directory\n' });
    const names = await readdir(scratch);
    expect(names.filter((name) => name.startsWith('y'))).toEqual([]);
  });

  it('a restore that is killed leaves no data folder, and the next one goes through', async () => {
    await makeFolder();
    await run('backup', 'x.tar', '--data', 'data');
    const whole = await readFile(at('x.tar'));
    const child = start(['restore', '-', '--data', 'y'], { cwd: scratch });
    child.stdin!.write(whole.subarray(0, whole.length - 3000));
    while (!(await readdir(scratch)).includes('y.restoring')) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill('SIGKILL');
    await once(child, 'close');
    expect((await readdir(scratch)).includes('y')).toBe(false);
    expect((await run('restore', 'x.tar', '--data', 'y')).code).toBe(0);
    expect((await readdir(scratch)).includes('y.restoring')).toBe(false);
  });

  it('never writes into a folder that has something in it', async () => {
    const folder = await makeFolder();
    await run('backup', 'x.tar', '--data', 'data');
    const { code, stderr } = await run('restore', 'x.tar');
    expect(code).toBe(6);
    expect(stderr).toContain(`${folder} is not empty`);
  });
});

const mayMount = process.platform === 'linux' && process.getuid?.() === 0;
if (!mayMount) process.stderr.write('left out: a folder on a read-only disk, since mounting one takes root on Linux\n');

it.skipIf(!mayMount)(
  'what is on a read-only disk can be checked and saved; a collector says why it does not start',
  async () => {
    const folder = await makeFolder();
    await mkdir(at('card'));
    execFileSync('mount', ['-t', 'tmpfs', 'none', at('card')]);
    try {
      await cp(folder, at('card', 'data'), { recursive: true });
      execFileSync('mount', ['-o', 'remount,ro', at('card')]);
      expect((await run('check', 'card/data')).stdout).toContain('All of it is in order.');
      expect((await run('backup', 'x.tar', '--data', 'card/data')).code).toBe(0);
      expect((await run('restore', 'x.tar', '--data', 'y')).stderr).toContain('131 points of 2 series');
      const { code, stderr } = await run('serve', '--data', 'card/data', '--port', '0', '--no-mdns');
      expect([code, stderr]).toEqual([
        1,
        expect.stringContaining("card/data can't be used: it is on a file system that is read-only"),
      ]);
    } finally {
      execFileSync('umount', [at('card')]);
    }
  },
);

describe('thermowell check', () => {
  it('leaves a folder alone that is no data folder', async () => {
    await writeFile(at('package.json'), '{}');
    const { code, stderr } = await run('check', '.', '--repair', '--yes');
    expect([code, stderr]).toEqual([5, expect.stringContaining('. is no data folder')]);
    expect(await readdir(scratch)).toEqual(['package.json']);
  });

  it('finds nothing in what a killed process leaves', async () => {
    await makeFolder();
    const { code, stdout } = await run('check', 'data');
    expect(code).toBe(0);
    expect(stdout).toContain('131 points of 2 series, 1 device, 0 in quarantine.');
    expect(stdout).toContain('All of it is in order.');
    expect(JSON.parse((await run('check', 'data', '--json')).stdout)).toMatchObject({ points: 131, findings: [] });
  });

  it('notes a tail that a start would cut, and is content', async () => {
    const folder = await makeFolder();
    const { file } = await lineWith(folder, '"first":120');
    const size = (await readFile(join(folder, file), 'latin1')).trimEnd().length;
    await truncate(join(folder, file), size - 10);
    const { code, stdout } = await run('check', 'data');
    expect(code).toBe(0);
    expect(stdout).toContain('note: ');
    expect(stdout).toContain('unacknowledged bytes');
  });

  it('names a damaged line of the journal, and repairs the folder around it', async () => {
    const folder = await makeFolder();
    const { file, offset } = await lineWith(folder, '"first":110');
    await flip(join(folder, file), offset + 60);
    const { code, stdout, stderr } = await run('check', 'data');
    expect(code).toBe(6);
    expect(stdout).toContain(`damage: ${file}, byte ${offset.toLocaleString('en')}: the line is not whole`);
    expect(stderr).toContain('--repair');

    const before = await readFile(join(folder, file));
    const repaired = JSON.parse((await run('check', 'data', '--repair', '--yes', '--json')).stdout) as {
      repair: { copy: string; salvaged: number; lost: object[] };
    };
    expect(repaired.repair).toMatchObject({ salvaged: 1, lost: [{ file, offset }] });
    expect(await readFile(join(repaired.repair.copy, file))).toEqual(before);
    expect((await run('check', 'data')).code).toBe(0);
    const { values, ledger, notes } = await answers(folder);
    expect(values).toEqual([...upTo(110), ...upTo(130).slice(120)]);
    expect(ledger).toMatchObject({ next: 130, stored: 120, lost: 10 });
    expect(notes).toHaveLength(1);
  });

  it('sets aside what can only be placed by an id that is lost', async () => {
    const folder = await makeFolder();
    const { file, offset } = await lineWith(folder, '"create-series"');
    await flip(join(folder, file), offset + 30);
    const { code, stdout } = await run('check', 'data', '--repair', '--yes');
    expect(code).toBe(0);
    expect(stdout).toContain('1 points of series 2, whose beginning is lost');
    const { values, ledger, notes } = await answers(folder);
    expect(values).toEqual(upTo(130));
    expect(ledger).toMatchObject({ next: 130, stored: 130, lost: 0 });
    expect(notes).toEqual([]);
  });

  it('keeps what is in quarantine behind the damage', async () => {
    const store = new JsonStore(at('live'));
    await store.open();
    for (const first of [0, 10]) await store.addBatch(batch(first, 10));
    const refused = { device_id: 'fridge', log: 'a', first: 20, oldest: 0, length: 5, user: 1, received: T0 };
    await store.quarantine({ ...refused, body: 'not a batch', detail: 'why' });
    await cp(at('live'), at('data'), { recursive: true, filter: (file) => !file.includes('lock') });
    await store.close();
    await writeUsers(at('data', 'users.json'), { [TOKEN]: { name: 'Robin', id: 1 } });
    const { file, offset } = await lineWith(at('data'), '"first":10');
    await flip(join(at('data'), file), offset + 60);
    expect((await run('check', 'data', '--repair', '--yes')).code).toBe(0);
    const { values, ledger } = await answers(at('data'));
    expect(values).toEqual(upTo(10));
    expect(ledger).toMatchObject({ next: 25, stored: 10, lost: 10, quarantined: 5 });
  });

  it('names a damaged chunk with what was in it, and repairs without it', async () => {
    const folder = await makeFolder();
    const [name] = (await readdir(join(folder, 'series/1'))).sort();
    await flip(join(folder, 'series/1', name!), 20);
    const { code, stdout } = await run('check', 'data');
    expect(code).toBe(6);
    expect(stdout).toContain(`damage: series/1/${name}`);
    expect(stdout).toContain('50 points of series 1 (probe), 2026-11-01T00:00:00.000Z to 2026-11-01T00:49:00.000Z');
    const repaired = await run('check', 'data', '--repair', '--yes');
    expect(repaired.code).toBe(0);
    expect(repaired.stdout).toContain('now says that 50 readings more are lost');
    expect((await run('check', 'data')).code).toBe(0);
    const { values, ledger } = await answers(folder);
    expect(values).toEqual(upTo(130).slice(50));
    // what the collector had stored once, the device needn't send again
    const loss = { count: 50, from: Date.UTC(2026, 10), to: Date.UTC(2026, 10, 1, 0, 49), why: 'damage' };
    expect(ledger).toMatchObject({ next: 130, stored: 80, lost: 50, losses: [loss] });
  });

  it('makes a catalog from the chunks where there is none that can be read', async () => {
    const folder = await makeFolder();
    await flip(join(folder, 'catalog.json'), 200);
    const { code, stdout } = await run('check', 'data');
    expect(code).toBe(6);
    expect(stdout).toContain('damage: catalog.json, byte ');
    const repaired = await run('check', 'data', '--repair', '--yes');
    expect([repaired.code, repaired.stderr.includes('catalog.json')]).toEqual([0, true]);
    expect((await run('check', 'data')).code).toBe(0);
    const config = loadConfig({ host: '127.0.0.1', port: '0', data: folder, logLevel: 'silent', mqtt: false }, {});
    const collector = await openCollector(config, { log: process.stderr });
    onTestFinished(() => collector.close());
    const points = (await (await fetch(`${collector.url}/series/1?from=2026-01-01`)).json()) as PointShape[];
    expect(points.map(({ fields }) => fields['temp_C'])).toEqual(upTo(100));
    // the journal behind it is there as well, in new series
    const { stdout: list } = await run('list', '--json', '--url', collector.url);
    expect(list).toContain('"by hand"');
  });

  it('names what is damaged in quarantine, alarms and users', async () => {
    const folder = await makeFolder();
    await writeFile(join(folder, 'alarms.json'), '{"version":1,"checksum":"00000000","data":{}}\n');
    await writeFile(join(folder, 'users.json'), '{"secret": 1,\n}');
    const { code, stdout } = await run('check', 'data');
    expect(code).toBe(6);
    expect(stdout).toContain('damage: alarms.json');
    expect(stdout).toContain('damage: users.json: it is not valid JSON, line 2');
    expect(stdout).not.toContain('secret');
  });

  it('asks on a terminal before it repairs, and changes nothing otherwise', async () => {
    const folder = await makeFolder();
    const { file, offset } = await lineWith(folder, '"first":110');
    await flip(join(folder, file), offset + 60);
    const before = await readFile(join(folder, file));
    expect((await run('check', 'data', '--repair')).code).toBe(2);
    const refused = await onTerminal(['check', 'data', '--repair'], [['copied first.', 'n\r']], { cwd: scratch });
    expect(refused.code).toBe(1);
    expect(refused.stdout).toContain('What is changed is copied first.');
    expect(await readFile(join(folder, file))).toEqual(before);
    expect(await readdir(scratch)).toEqual(['data', 'live']);
  });

  it('refuses a folder that a collector holds, and one that is not there', async () => {
    const collector = await TestCollector.open();
    onTestFinished(() => collector.close());
    expect((await run('check', collector.folder)).code).toBe(6);
    expect((await run('check', 'nowhere')).code).toBe(5);
  });
});
