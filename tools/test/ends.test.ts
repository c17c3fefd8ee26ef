/** How commands end when something is wrong: the exit codes of exit.ts, and a way out in words. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ownPort } from '../../collector/test/port.js';
import { EXITS } from '../exit.js';
import { LAUNCHER, thermowell } from './thermowell.js';

/** A web server that is no collector; its address. */
async function stranger(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The address of a port on which nothing listens. */
async function nobody(): Promise<string> {
  return `localhost:${await ownPort()}`;
}

/** Every command there is, and whether it is a group, as the completion for bash knows them. */
const paths = [...(await thermowell(['completion', 'bash'])).stdout.matchAll(/^ {4}"(.+)"\) commands="(.*?)"/gm)].map(
  ([, path, commands]): [string, string] => [path!, commands!],
);

describe('thermowell --help', () => {
  it('shows every command and every exit code', async () => {
    const { code, stdout, stderr } = await thermowell(['--help']);
    expect([code, stderr]).toEqual([0, '']);
    for (const { code, means } of Object.values(EXITS)) expect(stdout).toContain(`  ${code}  ${means}\n`);
    for (const [command] of paths) if (!command.includes(' ')) expect(stdout).toContain(`\n  ${command} `);
  });

  it.each(paths)('%s --help prints usage on stdout, and examples', async (command, group) => {
    const { code, stdout, stderr } = await thermowell([...command.split(' '), '--help']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`Usage: thermowell ${command}`);
    // those of a group are with its commands
    if (group === '') expect(stdout).toContain('Examples:');
  });
});

describe('a wrong command line ends with 2 and a suggestion', () => {
  it.each([
    ['lst', 'Did you mean list?'],
    ['list --jsn', 'Did you mean --json?'],
    ['show', "missing required argument 'id'"],
    ['show 1 --last 3', 'a length of time like'],
    ['show 1 --from yesterday', 'a moment like'],
    ['show 1 --last 1h --from 2026-11-22', 'cannot be used with'],
    ['show 1 --json --csv', 'cannot be used with'],
    ['show 1 --limit 0', 'a whole number of at least 1'],
    ['list --url ftp://pi.local', 'http:// or https://'],
    ['list --url http://me:secret@pi.local', 'without a user and password'],
    ['list too many', 'too many arguments'],
  ])('%s', async (line, said) => {
    const { code, stdout, stderr } = await thermowell(line.split(' '));
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(said);
    expect(stderr).toContain('--help');
  });
});

// a file of Linux that takes nothing, as a full disk does
const devFull = existsSync('/dev/full');
if (!devFull) process.stderr.write('left out: a result that finds no room, since there is no /dev/full\n');
it.runIf(devFull)('a result that finds no room ends with 1 and says so', async () => {
  const full = openSync('/dev/full', 'w');
  onTestFinished(() => closeSync(full));
  const child = spawn(LAUNCHER, ['--version'], { stdio: ['ignore', full, 'pipe'] });
  let stderr = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  expect(await once(child, 'close')).toEqual([1, null]);
  expect(stderr).toBe('thermowell: cannot write the result: ENOSPC: no space left on device, write\n');
});

describe('a collector that cannot be reached ends with 3', () => {
  it('and says what to do next', async () => {
    const address = await nobody();
    const { code, stdout, stderr } = await thermowell(['list', '--url', address]);
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toContain(`thermowell: cannot reach a collector at http://${address}/ (`);
    expect(stderr).toContain('ECONNREFUSED');
    expect(stderr).toContain('Start one with "thermowell serve"');
  });

  it('by THERMOWELL_URL too, and the flag wins over it', async () => {
    const [one, other] = [await nobody(), await nobody()];
    const env = { THERMOWELL_URL: one };
    expect((await thermowell(['devices'], { env })).stderr).toContain(`http://${one}/`);
    expect((await thermowell(['devices', '--url', other], { env })).stderr).toContain(`http://${other}/`);
  });

  it('because it speaks no TLS', async () => {
    const url = (await stranger((_, response) => response.end())).replace('http:', 'https:');
    const { code, stderr } = await thermowell(['list', '--url', url]);
    expect(code).toBe(3);
    expect(stderr).toContain('Else its address begins with http://');
  });

  it('when the connection breaks off in the middle of an answer', async () => {
    const url = await stranger((_, response) => {
      response.writeHead(200, { 'content-length': 1000 });
      response.write('[', () => response.destroy());
    });
    const { code, stderr } = await thermowell(['show', '1', '--json', '--url', url]);
    expect(code).toBe(3);
    expect(stderr).toContain('broke off');
  });
});

describe('something that is no collector ends with 1', () => {
  it.each([
    ['a page', 'list', 200, '<html>'],
    ['another API', 'list', 200, '[]'],
    ['another API with objects', 'list', 200, '{"1": {"name": "shed"}}'],
    ['another API with lists', 'devices', 200, '[{"name": "shed"}]'],
    ['a collector, but not its address', 'list', 404, '{"message": "Nothing is at this address"}'],
    ['an error page', 'list', 502, 'Bad gateway'],
    ['a redirect', 'list', 301, ''],
  ])('%s', async (_, command, status, body) => {
    const url = await stranger((_, response) => response.writeHead(status, { location: '/elsewhere' }).end(body));
    const { code, stdout, stderr } = await thermowell([command, '--url', url]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain(`${url}/ answered (status ${status}), but not as a Thermowell collector does`);
  });
});
