/**
 * `npm run test:xs`: the firmware's pure modules on the XS engine, the one the chips run. Installs the engine where it
 * is missing (gcc and make), compiles with tsc, runs every case, and ends with `N passed, N failed`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compareDays } from './day.mjs';
import { copyModules } from './modules.mjs';
import { countNaps } from './naps.mjs';
import { comparePacking } from './packing.mjs';
import { weighModules } from './weight.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = resolve(here, '../../..');
const dist = join(root, 'dist');
const say = (/** @type {string} */ line) => process.stdout.write(`${line}\n`);

/** Runs a command to its end; its output is shown only when it fails. */
function run(/** @type {string} */ command, /** @type {string[]} */ args) {
  const { status, error, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) say([stdout, stderr, error?.message].filter(Boolean).join('\n'));
  return status === 0;
}

// npm writes the hidden lockfile when all is installed and compiled.
if (!existsSync(join(here, 'node_modules/.package-lock.json'))) {
  say('Installing the XS engine: gcc compiles it once, about a minute …');
  if (!run('npm', ['ci', '--prefix', here])) process.exit(1);
}
// What doesn't compile is shown; `npm run build` is what fails on it.
run(join(root, 'node_modules/.bin/tsc'), ['-b', 'firmware/test']);

const folder = mkdtempSync(join(tmpdir(), 'thermowell-xs-'));
const { openEngine } = await import('./engine.mjs');
const engine = await openEngine();
const empty = await openEngine();
try {
  await engine.load(copyModules(join(dist, 'firmware/test/xs.js'), dist, folder));
  const { value: results } = await engine.call('runCases()');
  const day = await compareDays(engine, join(dist, 'firmware/test/day.js'));
  const packing = await comparePacking(engine, join(dist, 'firmware/test/wire.js'));
  const naps = await countNaps(engine);
  const weight = await weighModules(empty, root, join(folder, 'empty'));
  for (const { results: more, costs } of [day, packing, naps, weight]) {
    results.push(...more);
    say(costs);
  }
  const failed = results.filter(({ error }) => error !== null);
  for (const { name, error } of failed) say(`FAIL ${name}\n     ${error}`);
  say(`${results.length - failed.length} passed, ${failed.length} failed`);
  process.exitCode = failed.length === 0 && results.length > 0 ? 0 : 1;
} finally {
  await engine.close();
  await empty.close();
  rmSync(folder, { recursive: true });
}
