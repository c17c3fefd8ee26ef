/** Two hours of the firmware as a Linux program, where Moddable's SDK is; `npm run firmware:lin` runs whole days. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const wanted = process.env['MODDABLE'] !== undefined;
if (!wanted) process.stderr.write("MODDABLE isn't set, the firmware isn't run as a Linux program\n");

test.runIf(wanted)(
  'the firmware on its own engine loses no reading, killed where it stands',
  () => {
    const args = ['--hours', '2', '--kills', '4', '--transport', 'http'];
    const file = fileURLToPath(new URL('lin/run.mjs', import.meta.url));
    const run = spawnSync(process.execPath, [file, ...args], { encoding: 'utf8' });
    expect(run.stdout + run.stderr).toMatch(/^Every reading is there once\.$/m);
    expect(run.status).toBe(0);
  },
  600_000,
);
