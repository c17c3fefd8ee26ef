/** What the same command looks like on terminals of all kinds, and where there is none. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestCollector } from './collector.js';
import { LAUNCHER, onTerminal, thermowell } from './thermowell.js';

const BOLD = '\u001b[1m';

let collector: TestCollector;
let env: Record<string, string>;

beforeAll(async () => {
  collector = await TestCollector.open();
  await collector.upload(300, Date.now() - 60_000, { device_desc: 'a device with a description as long as your arm' });
  env = { THERMOWELL_URL: collector.url };
});
afterAll(() => collector.close());

describe('colours', () => {
  it.each([
    ['a terminal has them', {}, true],
    ['NO_COLOR takes them away', { NO_COLOR: '1' }, false],
    ['TERM=dumb has none', { TERM: 'dumb' }, false],
    ['FORCE_COLOR=0 takes them away', { FORCE_COLOR: '0' }, false],
  ])('%s', async (_, more: Record<string, string>, coloured) => {
    const { code, stdout } = await onTerminal(['list'], [], { env: { ...env, ...more } });
    expect([code, stdout.includes(BOLD)]).toEqual([0, coloured]);
  });

  it('a pipe has none, unless FORCE_COLOR says so', async () => {
    expect((await thermowell(['list'], { env })).stdout).not.toContain(BOLD);
    expect((await thermowell(['list'], { env: { ...env, FORCE_COLOR: '1' } })).stdout).toContain(BOLD);
    expect((await thermowell(['list', '--help'], { env: { FORCE_COLOR: '1' } })).stdout).toContain(BOLD);
    expect((await thermowell(['lst'], { env: { FORCE_COLOR: '1' } })).stderr).toContain('\u001b[31m');
  });
});

describe('a narrow terminal', () => {
  it.each(['list', 'devices', 'show 1 --limit 5', 'show 1 --plot', 'plot 2', 'battery'])(
    '%s stays within 60 columns, or what cannot be cut',
    async (line) => {
      const shell = `stty cols 60 rows 20; exec "${LAUNCHER}" ${line}`;
      const child = spawn('script', ['-qefc', shell, '/dev/null'], {
        env: { PATH: process.env['PATH'], TERM: 'xterm', SHELL: '/bin/sh', ...env },
      });
      let text = '';
      child.stdout.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      expect(await once(child, 'close')).toEqual([0, null]);
      const lines = stripVTControlCharacters(text).split(/\r?\n/);
      expect(lines.length).toBeGreaterThan(2);
      // the ledger's eight counts don't fit, and figures are never cut
      const widest = line === 'devices' || line === 'battery' ? 130 : 60;
      for (const one of lines) expect(one.length).toBeLessThanOrEqual(widest);
    },
  );

  it.each(['import', 'ledger', 'check', 'bench'])(
    'the help of %s is wrapped, but for its examples',
    async (command) => {
      const { stdout } = await onTerminal([command, '--help'], [], { env });
      const [help] = stripVTControlCharacters(stdout).split('Examples:');
      for (const line of help!.split(/\r?\n/)) expect(line.length).toBeLessThanOrEqual(80);
    },
  );
});

describe('a reader that goes away', () => {
  it.each([
    ['list', ['list']],
    ['the help', ['--help']],
    ['a long export', ['export', '--format', 'json']],
    ['a picture', ['plot', '1', '--svg', '-']],
  ])('%s ends quietly', async (_, args) => {
    const child = spawn(LAUNCHER, args, { env: { PATH: process.env['PATH'], ...env } });
    child.stdout.destroy();
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    const [code] = (await once(child, 'close')) as [number];
    expect([code, said.replace(/^\d[^\n]* points? of [^\n]*\n$/, '')]).toEqual([0, '']);
  });
});
