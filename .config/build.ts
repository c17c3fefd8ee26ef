import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * Builds dist/ once before the tests, because some of them start the real processes. What doesn't compile is shown and
 * the run goes on with what was written: `npm run build` is what fails on a type.
 */
export default function build(): void {
  const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url));
  const root = fileURLToPath(new URL('..', import.meta.url));
  spawnSync(process.execPath, [tsc, '-b'], { cwd: root, stdio: 'inherit' });
}
