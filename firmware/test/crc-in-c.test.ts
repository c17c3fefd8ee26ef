/** The checksums in C (chip/modCrc.c) against those that they take the place of: gcc compiles them with a stand-in for XS. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import * as fc from 'fast-check';
import { crc32 } from '../crc.js';
import { crc8 } from '../sensors/crc8.js';

/** A machine whose argument 0 is a buffer, and whose others are numbers: as much of `xsmc.h` as is used. */
const XSMC = `
#include <stdint.h>
typedef uint32_t xsUnsignedValue;
typedef struct { int argc; uint8_t *bytes; uint32_t count; uint32_t numbers[3]; uint32_t result; } xsMachine;
enum { xsUndefinedType, xsIntegerType };
#define xsmcArgc the->argc
#define xsArg(i) i
#define xsResult
#define xsmcTypeOf(i) xsIntegerType
#define xsmcToUnsigned(i) the->numbers[i]
#define xsmcGetBufferReadable(i, data, length) (*(data) = the->bytes, *(length) = the->count)
#define xsmcSetUnsigned(slot, value) the->result = (value)
#define xsmcSetInteger(slot, value) the->result = (value)
`;
/** Answers lines of: how many arguments, their numbers, how many bytes, the bytes. */
const MAIN = `
#include <stdio.h>
#include "modCrc.c"
int main(void) {
  static uint8_t bytes[4096];
  xsMachine own = {.bytes = bytes}, *the = &own;
  while (scanf("%d %u %u %u", &the->argc, &the->numbers[1], &the->numbers[2], &the->count) == 4) {
    for (uint32_t i = 0; i < the->count; i++) scanf("%hhu", &bytes[i]);
    xs_crc32(the);
    printf("%u ", the->result);
    xs_crc8(the);
    printf("%u\\n", the->result);
  }
}
`;

const gcc = spawnSync('gcc', ['--version']).error === undefined;
if (!gcc) process.stderr.write('The checksums in C are not tested: gcc is not installed\n');

test.runIf(gcc)('give what crc32() and crc8() give: all bytes, a part of them, after others', () => {
  const folder = mkdtempSync(join(tmpdir(), 'thermowell-crc-'));
  try {
    writeFileSync(join(folder, 'xsmc.h'), XSMC);
    writeFileSync(join(folder, 'main.c'), MAIN);
    const include = ['-I', folder, '-I', fileURLToPath(new URL('../chip', import.meta.url))];
    execFileSync('gcc', ['-Wall', '-Werror', ...include, join(folder, 'main.c'), '-o', join(folder, 'crc')]);
    const given = fc.sample(
      fc.record({
        bytes: fc.uint8Array({ maxLength: 300 }),
        share: fc.double({ min: 0, max: 1, noNaN: true }),
        seed: fc.nat({ max: 0xffff_ffff }),
        argc: fc.integer({ min: 1, max: 3 }),
      }),
      500,
    );
    const lines = given.map(({ bytes, share, seed, argc }) => {
      const length = Math.floor(bytes.length * share);
      const [some, after] = [argc > 1 ? length : undefined, argc > 2 ? seed : undefined];
      const text = [argc, length, seed, bytes.length, ...bytes].join(' ');
      return { text, sums: `${crc32(bytes, some, after)} ${crc8(bytes, some)}` };
    });
    const input = lines.map(({ text }) => text).join('\n');
    const answers = execFileSync(join(folder, 'crc'), { input, encoding: 'utf8' }).trim().split('\n');
    expect(answers).toEqual(lines.map(({ sums }) => sums));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
