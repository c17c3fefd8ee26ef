/** The golden vectors on Node; `xs.test.ts` runs the same cases on the XS engine. */
import { test } from 'vitest';
import { CASES } from './cases.js';

for (const { name, run } of CASES) test(name, run);
