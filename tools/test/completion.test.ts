import { execFileSync, spawnSync } from 'node:child_process';
import { beforeAll, describe, expect, it } from 'vitest';
import { thermowell } from './thermowell.js';

const has = (shell: string) => spawnSync(shell, ['-c', 'true']).status === 0;
for (const shell of ['bash', 'zsh', 'fish'])
  if (!has(shell)) process.stderr.write(`left out: completion in ${shell}, which is not installed\n`);

describe('thermowell completion', () => {
  let script: string;
  beforeAll(async () => {
    script = (await thermowell(['completion', 'bash'])).stdout;
  });

  it.runIf(has('bash')).each([
    ['tok', 'token'],
    ['token ', 'add list remove'],
    ['token add --dev', '--device'],
    ['list --j', '--json'],
    ['--v', '--version'],
    ['rename 1 ', ''],
  ])('bash: "%s" → "%s"', (typed, expected) => {
    const words = `thermowell ${typed}`.split(' ').map((word) => `'${word}'`);
    const run = `${script}\nCOMP_WORDS=(${words.join(' ')}); COMP_CWORD=${words.length - 1}; _thermowell; echo "\${COMPREPLY[*]}"`;
    expect(execFileSync('bash', ['-c', run], { encoding: 'utf8' }).trim()).toBe(expected);
  });

  it.each(['zsh', 'fish'])('%s: has every command, and the shell can read it', async (shell) => {
    const { code, stdout } = await thermowell(['completion', shell]);
    expect(code).toBe(0);
    for (const name of ['serve', 'token', 'import', 'check', 'flash']) expect(stdout).toContain(name);
    // fish ends with 0 all the same
    if (has(shell)) expect(String(spawnSync(shell, ['-n', '-c', stdout]).stderr)).toBe('');
  });

  it.runIf(has('fish')).each([
    ['tok', ['token']],
    ['token ', ['add', 'list', 'remove']],
    ['token list --js', ['--json']],
    ['quarantine ', ['drop', 'list', 'replay', 'show']],
    ['list --j', ['--json']],
  ])('fish: "%s" → %j', async (typed, expected) => {
    const { stdout } = await thermowell(['completion', 'fish']);
    const run = `${stdout}\ncomplete -C "thermowell ${typed}"`;
    const offered = execFileSync('fish', ['--no-config', '-c', run], { encoding: 'utf8' });
    expect(
      offered
        .trimEnd()
        .split('\n')
        .map((line) => line.split('\t')[0]),
    ).toEqual(expected);
  });

  it('another shell is a mistake', async () => {
    expect((await thermowell(['completion', 'tcsh'])).code).toBe(2);
  });
});
