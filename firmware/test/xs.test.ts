/** The cases of `xs.ts` on the XS engine, in a process of its own: the engine's package locks down its process. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const installed = existsSync(new URL('xs/node_modules', import.meta.url));
const wanted = installed || process.env['CI'] === 'true';
if (!wanted) process.stderr.write('The XS engine is not installed, its tests are left out: npm run test:xs\n');

test.runIf(wanted)('the pure modules pass their cases on the XS engine', () => {
  expect(installed, 'in CI `npm run test:xs` comes before `npm test`').toBe(true);
  const run = spawnSync(process.execPath, [fileURLToPath(new URL('xs/run.mjs', import.meta.url))], {
    encoding: 'utf8',
  });
  expect(run.stdout + run.stderr).toMatch(/^[1-9]\d* passed, 0 failed$/m);
  expect(run.status).toBe(0);
});
