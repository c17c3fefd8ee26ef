import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SETTINGS } from '../commands/flash.js';
import { onTerminal, thermowell } from './thermowell.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const GIVEN = ['--platform', 'esp', '--ssid', 'My Home', '--collector', 'http://192.0.2.5:8080/api/'];

const ASKED: [string, string][] = [
  ['Its password', 'hidden\r'],
  ['A token', 'hush\r'],
];

let folder: string;
let env: Record<string, string>;

/** An SDK as far as the command sees it: a folder, and an mcconfig that writes down how it was called. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'thermowell-flash-'));
  await mkdir(join(folder, 'bin'));
  await program(
    'mcconfig',
    'printf "%s\\n" "$PWD" "$@" > "$MODDABLE/called"; echo "building with $*"; exit "${MCCONFIG_EXIT:-0}"',
  );
  // nothing else is on the path, but node itself
  await symlink(process.execPath, join(folder, 'bin/node'));
  env = {
    MODDABLE: folder,
    PATH: `${join(folder, 'bin')}:/usr/bin:/bin`,
    THERMOWELL_TOKEN: 'secret-token',
    THERMOWELL_WIFI_PASSWORD: 'secret word',
  };
});
afterEach(() => rm(folder, { recursive: true }));

async function program(name: string, script: string): Promise<void> {
  await writeFile(join(folder, 'bin', name), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, 'bin', name), 0o755);
}

const called = async () => (await readFile(join(folder, 'called'), 'utf8')).trimEnd().split('\n');

describe('thermowell flash', () => {
  it("runs mcconfig in the package's root with the settings, and shows no secret", async () => {
    const { code, stdout, stderr } = await thermowell(['flash', ...GIVEN, '--description', 'cellar', 'period=300'], {
      env,
      cwd: folder,
    });
    expect([code, stdout]).toEqual([0, '']);
    expect(await called()).toEqual([
      ROOT,
      '-m',
      '-p',
      'esp',
      'ssid=My Home',
      'password=secret word',
      'collector=http://192.0.2.5:8080/api',
      'token=secret-token',
      'description=cellar',
      'period=300',
    ]);
    expect(stderr).toContain('building with -m -p esp ssid=My Home password=••••');
    expect(stderr).toContain('warning: cannot reach a collector');
    expect(stderr).toMatch(/Done in \d+ s\./);
    expect(stderr).not.toContain('secret');
  });

  it('leaves the password of an open Wi-Fi out, and only builds when asked to', async () => {
    const open = { ...env, THERMOWELL_WIFI_PASSWORD: '' };
    expect((await thermowell(['flash', ...GIVEN, '--build-only', '--debug'], { env: open })).code).toBe(0);
    const args = await called();
    expect(args.slice(1, 7)).toEqual(['-d', '-m', '-p', 'esp', '-t', 'build']);
    expect(args.some((arg) => arg.startsWith('password='))).toBe(false);
  });

  it('--dry-run shows the command without its secrets, and runs nothing', async () => {
    const { code, stdout } = await thermowell(['flash', ...GIVEN, '--dry-run'], { env: { ...env, MODDABLE: '' } });
    expect([code, stdout]).toEqual([
      0,
      "mcconfig -m -p esp 'ssid=My Home' password=•••• collector=http://192.0.2.5:8080/api token=••••\n",
    ]);
    const { stdout: json } = await thermowell(['flash', ...GIVEN, '--json'], { env });
    expect(JSON.parse(json)).toMatchObject({ command: 'mcconfig', cwd: ROOT });
    expect(json).not.toContain('secret');
    await expect(called()).rejects.toThrow('ENOENT');
  });

  it('asks for what is missing, and does not echo the secrets', async () => {
    const { THERMOWELL_TOKEN: _, THERMOWELL_WIFI_PASSWORD: __, ...open } = env;
    const { code, stdout } = await onTerminal(['flash', ...GIVEN], ASKED, { env: open });
    expect(code).toBe(0);
    expect(stdout).toContain('Its password');
    expect(stdout).not.toMatch(/hidden|hush/);
    expect(await called()).toContain('password=hidden');
    expect(await called()).toContain('token=hush');
  });

  it('says how to get what is not there', async () => {
    const cases: [string, string, string][] = [
      ['MODDABLE', '', 'MODDABLE is not set'],
      ['MODDABLE', join(folder, 'nowhere'), 'where there is no folder'],
      ['PATH', `${dirname(process.execPath)}:/usr/bin:/bin`, 'mcconfig is neither on the PATH'],
    ];
    for (const [name, value, said] of cases) {
      const { code, stderr } = await thermowell(['flash', ...GIVEN], { env: { ...env, [name]: value } });
      expect([name, code]).toEqual([name, 1]);
      expect(stderr).toContain(said);
      expect(stderr).toContain('"npx xs-dev setup --device esp8266"');
    }
  });

  it('takes no tsc that is too old', async () => {
    await program('tsc', 'echo Version 5.9.2');
    const { code, stderr } = await thermowell(['flash', ...GIVEN], { env });
    expect(code).toBe(1);
    expect(stderr).toContain('tsc is 5.9.2, and 6 or newer is needed');
    await expect(called()).rejects.toThrow('ENOENT');
  });

  it('ends with 1 when mcconfig fails, and shows what it said', async () => {
    const { code, stderr } = await thermowell(['flash', ...GIVEN], { env: { ...env, MCCONFIG_EXIT: '2' } });
    expect(code).toBe(1);
    expect(stderr).toContain('building with');
    expect(stderr).toContain('mcconfig ended with 2');
  });

  it('takes every setting that the README lists, and no other', async () => {
    const readme = await readFile(join(ROOT, 'README.md'), 'utf8');
    const table = readme.slice(readme.indexOf('| setting | meaning |'), readme.indexOf('### Wiring'));
    const listed = table.split('\n').flatMap((row) => (row.split('|')[1] ?? '').match(/(?<=`)\w+(?=`)/g) ?? []);
    expect(listed.toSorted()).toEqual(SETTINGS.toSorted());
  });

  it.each([
    [['flash'], 'no terminal to ask on for platform, ssid, collector'],
    [['flash', ...GIVEN, 'nonsense'], '"nonsense" is no setting'],
    [['flash', ...GIVEN, 'peroid=300'], '"peroid=300" is no setting'],
    [
      ['flash', '--platform', 'esp', '--ssid', 'x', '--collector', 'localhost:8080'],
      "a device can't reach a collector at localhost:8080",
    ],
    [['flash', ...GIVEN, 'period=hourly'], 'period must be a whole number from 1 to 86400'],
    [['flash', ...GIVEN, '--ssid', 'ü'.repeat(17)], 'ssid must be at most 32 bytes'],
    [['flash', ...GIVEN, '--collector', 'https://pi.local'], 'an ESP8266 has too little memory for TLS'],
    [
      ['flash', ...GIVEN, '--platform', 'esp32/nodemcu', '--collector', 'https://pi.local'],
      'certificate is missing: collector by TLS',
    ],
    [['flash', '--platfrom', 'esp'], 'Did you mean --platform?'],
  ])('%j ends with 2', async (args, said) => {
    const { code, stderr } = await thermowell(args, { env });
    expect(code).toBe(2);
    expect(stderr).toContain(said);
  });
});
