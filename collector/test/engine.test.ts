import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

// Said to an engine that runs already, a flag that it doesn't know would be a line on stderr and nothing else.
test('the engine knows the flag of engine.ts', () => {
  expect(spawnSync(process.execPath, ['--interrupt-budget=15000', '--eval', '0']).status).toBe(0);
});
