/** One XS machine in a process of its own. Importing this file locks down Node's own intrinsics: import it last. */
import '@endo/init';
import { xsnap } from '@agoric/xsnap';
import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { type } from 'node:os';

/**
 * What XS counted during one call: slots on the heap after it, steps it took, bytes of the machine's memory.
 * @typedef {{ currentHeapCount: number, compute: number, allocate: number }} Meter
 */

export async function openEngine() {
  const machine = await xsnap({
    name: 'thermowell',
    os: type(),
    spawn,
    fs: { ...fs, ...fs.promises },
    stdout: 'inherit',
    stderr: 'inherit',
    meteringLimit: 0,
  });
  return {
    /** Runs a module; its imports must be absolute paths. */
    load: (/** @type {string} */ file) => machine.import(file),
    /**
     * The JSON of an expression's value, and what it cost.
     * @param {string} expression
     */
    async call(expression) {
      const code = `new TextEncoder().encode(JSON.stringify(${expression}) ?? 'null').buffer`;
      const { reply, meterUsage } = await machine.evaluate(code);
      return { value: JSON.parse(new TextDecoder().decode(reply)), meter: /** @type {Meter} */ (meterUsage) };
    },
    close: () => machine.close(),
  };
}
