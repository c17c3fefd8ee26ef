import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

const ENGINE = new URL('../../dist/collector/engine.js', import.meta.url).href;

// A flag that V8 doesn't know is a line on stderr for whoever starts the collector, and nothing else.
test('this Node knows the flags of engine.ts', () => {
  const script = `import(${JSON.stringify(ENGINE)}).then(({ optimizeSoon }) => optimizeSoon())`;
  expect(spawnSync(process.execPath, ['--eval', script], { encoding: 'utf8' })).toMatchObject({
    status: 0,
    stderr: '',
  });
});
