import { spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../collector/config.js';
import { LAUNCHER, start, thermowell } from './thermowell.js';

/** How a program is started that may not take a port below 1024; null where that can't be had. */
const narrow = withoutLowPorts();
if (narrow === null) process.stderr.write('left out: a port that is for root only, since here each is for everybody\n');

let folder: string;
let running: ChildProcess[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'thermowell-serve-'));
  running = [];
});
afterEach(async () => {
  for (const child of running) if (child.exitCode === null && child.signalCode === null) await ended(child, 'SIGKILL');
  await rm(folder, { recursive: true });
});

interface Served {
  child: ChildProcess;
  url: string;
  /** everything it has said so far */
  said: () => string;
}

/** Starts the real collector and waits until it answers. */
async function serve(args: string[], env: Record<string, string> = {}): Promise<Served> {
  // the LAN is not to hear of tests
  const child = start(['serve', ...args], { cwd: folder, env: { THERMOWELL_MDNS: 'off', ...env } });
  running.push(child);
  let said = '';
  const url = await new Promise<string>((resolve, reject) => {
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const found = /^ {2}(http:\/\/\S+)$/m.exec(said);
      if (found !== null) resolve(found[1]!);
    });
    child.once('close', (code) => reject(new Error(`serve ended with ${code}: ${said}`)));
  });
  return { child, url, said: () => said };
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  const closed = once(child, 'close');
  child.kill(signal);
  return ((await closed) as [number | null])[0];
}

describe('thermowell serve', () => {
  it('makes a user on its first start, shows the token once, and takes it', async () => {
    const first = await serve(['--port', '0']);
    const [token] = Object.keys(JSON.parse(await readFile(join(folder, 'data/users.json'), 'utf8')) as object);
    expect(first.said()).toContain(token);
    const body = JSON.stringify({ token, device_id: 'd', device_desc: '' });
    const headers = { 'content-type': 'application/json' };
    expect((await fetch(`${first.url}/series/new`, { method: 'PUT', headers, body })).status).toBe(201);
    expect(await ended(first.child, 'SIGTERM')).toBe(0);
    const second = await serve(['--port', '0']);
    expect(second.said()).not.toContain(token);
    expect((await thermowell(['list', '--url', second.url])).stdout).toContain(' d ');
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('ends with 0 on %s', async (signal) => {
    const { child } = await serve(['--port', '0']);
    expect(await ended(child, signal)).toBe(0);
  });

  it('reads its settings from the environment; a flag wins', async () => {
    const env = { THERMOWELL_PORT: '0', THERMOWELL_DATA: join(folder, 'by environment') };
    const byVariable = await serve([], env);
    await readFile(join(folder, 'by environment/users.json'));
    await ended(byVariable.child, 'SIGTERM');
    await serve(['--data', join(folder, 'by flag')], env);
    await readFile(join(folder, 'by flag/users.json'));
  });

  it('ends with 6 when another process has the data folder', async () => {
    await serve(['--port', '0']);
    const { code, stderr } = await thermowell(['serve', '--port', '0'], { cwd: folder });
    expect(code).toBe(6);
    expect(stderr).toContain('data');
  });

  it('ends with 6 and a way out when the data folder is damaged', async () => {
    await mkdir(join(folder, 'data'));
    await writeFile(join(folder, 'data/catalog.json'), '');
    const { code, stderr } = await thermowell(['serve', '--port', '0'], { cwd: folder });
    expect([code, stderr]).toEqual([
      6,
      expect.stringMatching(/catalog\.json is damaged at byte 0[^]*thermowell check/),
    ]);
  });

  it('ends with 1 and a way out when the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { code, stderr } = await thermowell(['serve', '--host', '127.0.0.1', '--port', String(port)], {
      cwd: folder,
    });
    other.close();
    expect(code).toBe(1);
    expect(stderr).toContain(`Port ${port}`);
    expect(stderr).toContain('--port');
  });

  it.runIf(narrow !== null)('ends with 1 and ways out when the port is for root only', async () => {
    const args = [...(narrow ?? []), LAUNCHER, 'serve', '--host', '127.0.0.1', '--port', '1', '--no-mqtt'];
    const { stderr, status } = spawnSync('/usr/bin/env', args, { cwd: folder, encoding: 'utf8' });
    expect([status, stderr]).toEqual([1, expect.stringMatching(/Port 1 on 127\.0\.0\.1 may not be used.*--port/s)]);
  });

  it('says where MQTT is spoken, and not with --no-mqtt', async () => {
    const { said } = await serve(['--port', '0', '--mqtt-port', '0']);
    await expect.poll(said).toMatch(/by MQTT at\n\n {2}mqtt:\/\/localhost:\d+\n/);
    const silent = await serve(['--port', '0', '--no-mqtt', '--data', join(folder, 'other')], {
      THERMOWELL_MQTT: 'on',
    });
    await expect.poll(silent.said).toContain('not shown again');
    expect(silent.said()).not.toMatch(/mqtt:/);
  });

  it('ends with 1 and ways out when an MQTT port that was asked for is taken', async () => {
    const other = createServer().listen(0);
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { code, stderr } = await thermowell(['serve', '--port', '0', '--mqtt-port', String(port)], { cwd: folder });
    other.close();
    expect([code, stderr]).toEqual([1, expect.stringMatching(/MQTT port \d+ is in use.*--mqtt-port.*--no-mqtt/s)]);
    expect(stderr).not.toContain('collector running');
  });

  it.each([
    [['--port', '70000'], '--port must be an integer from 0 to 65535'],
    [['--log-level', 'loud'], '--log-level must be one of'],
    [['--prot', '80'], 'Did you mean --port?'],
  ])('ends with 2 for %j', async (args, said) => {
    const { code, stderr } = await thermowell(['serve', ...args], { cwd: folder });
    expect(code).toBe(2);
    expect(stderr).toContain(said);
  });

  it('ends with 1 when the users file is broken, and names it', async () => {
    const { code, stderr } = await thermowell(['serve', '--users', '.'], { cwd: folder });
    expect(code).toBe(1);
    expect(stderr).toContain('users file "."');
  });
});

it('calls each flag and its environment variable the same, and reads the variable', async () => {
  const help = (await thermowell(['serve', '--help'])).stdout.replaceAll(/\s+/g, ' ');
  const pairs = [...help.matchAll(/ --(?:no-)?([a-z-]+)(?: <\w+>)? (?:(?! --[a-z]).)*?env: (THERMOWELL_\w+)/g)];
  expect(pairs.length).toBeGreaterThan(20);
  for (const [, flag = '', variable = ''] of pairs)
    expect(variable).toBe(`THERMOWELL_${flag.replaceAll('-', '_').toUpperCase()}`);
  for (const name of [
    'PORT',
    'MAX_READINGS',
    'VERIFY_EVERY',
    'COMMIT_DELAY',
    'MQTT_URL',
    'ALARM_NTFY',
    'ACCEPT',
    'MDNS',
  ])
    expect(() => loadConfig({}, { [`THERMOWELL_${name}`]: 'what?' })).toThrow(`THERMOWELL_${name} must be`);
});

function withoutLowPorts(): string[] | null {
  const args = process.getuid?.() === 0 ? ['setpriv', '--bounding-set', '-net_bind_service'] : ['env'];
  const told = `require('net').createServer().listen(1, '127.0.0.1').on('error', ({ code }) => console.log(code)).unref()`;
  const { stdout } = spawnSync('/usr/bin/env', [...args, process.execPath, '-e', told], { encoding: 'utf8' });
  return stdout === 'EACCES\n' ? args : null;
}
