import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { copyModules } from './modules.mjs';

/**
 * What an ESP8266's modules weigh: slots of XS that are taken when all are loaded. Preloaded, each lies in flash and takes
 * 16 bytes of it; their bytecode, about as much again, isn't among them. How large the image is, only its linker can tell.
 */
const SLOTS = 4_595;
/** What can't be loaded without the SDK. */
const SDK = /^firmware\/(chip\/|(connection|device|start)$)/;

/**
 * @param {{ load: (file: string) => Promise<unknown>, call: (expression: string) => Promise<{ meter: import('./engine.mjs').Meter }> }} engine
 *   with nothing loaded yet
 * @param {string} root
 * @param {string} folder an empty one
 */
export async function weighModules(engine, root, folder) {
  const { preload, platforms } = JSON.parse(readFileSync(join(root, 'manifest.json'), 'utf8'));
  const gone = platforms.esp.modules['~'];
  const modules = preload.filter((/** @type {string} */ name) => !SDK.test(name) && !gone.includes(`./${name}`));
  const count = async () => (await engine.call('gc()')).meter.currentHeapCount;
  const before = await count();
  for (const name of modules) {
    const dist = join(root, 'dist');
    await engine.load(copyModules(join(dist, `${name}.js`), dist, folder));
  }
  const slots = (await count()) - before;
  return {
    costs: `slots of XS that ${modules.length} modules of an ESP8266 take: ${slots}`,
    results: [
      { name: `an ESP8266's modules take ${SLOTS} slots at most`, error: slots <= SLOTS ? null : `they took ${slots}` },
    ],
  };
}
