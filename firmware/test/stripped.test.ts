/**
 * What the manifest's `strip` takes out though the linker would keep it: it goes by names alone, so that of `map` it keeps
 * what arrays have and what typed arrays have. On the chip, who calls what isn't there restarts it.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Day } from './day.js';
import { Naps } from './naps.js';
import { packedBatch } from './wire.js';

type Methods = Record<string, (...given: unknown[]) => unknown>;

const read = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');

const { modules, platforms } = JSON.parse(read('manifest.json')) as {
  modules: Record<string, string[]>;
  platforms: Record<string, { modules: { '~': string[] }; strip?: string[] }>;
};
const strip = platforms['esp']!.strip!;

/** What settings are read with. An ESP8266's are when the image is built, on the machine that builds it. */
const SETTINGS_ONLY = ['String.prototype.startsWith', 'Number.isInteger', 'Object.freeze', 'Array.prototype.pop'];

/** What the SDK's mDNS calls, which an ESP8266 hasn't got. */
const SEARCH_ONLY = ['String.prototype.toLowerCase', 'Array.from', 'Array.prototype.indexOf'];

/** Those of which a part is taken. What iterators of helpers have can't be called where nobody makes any. */
const OWNERS: Record<string, object> = {
  Array,
  Math,
  Number,
  Object,
  'Array.prototype': Array.prototype,
  'Iterator.prototype': Object.getPrototypeOf(Object.getPrototypeOf([].values())) as object,
  'Map.prototype': Map.prototype,
  'String.prototype': String.prototype,
  'TypedArray.prototype': Object.getPrototypeOf(Uint8Array.prototype) as object,
};

test('a day, a night on batteries and a packed batch call nothing that the image is without', () => {
  const called: string[] = [];
  const undo = strip.map((name) => watch(name, called));
  const day = new Day();
  day.open();
  day.sample(90);
  day.upload();
  new Naps().wake(90);
  packedBatch(1);
  undo.forEach((step) => step());
  expect(called).toEqual([]);
});

test('what runs as a Linux program is without it too, but for what it has of an ESP32: settings, and the search', () => {
  const kept = [...SETTINGS_ONLY, ...SEARCH_ONLY];
  expect(platforms['lin']!.strip).toEqual(strip.filter((name) => !kept.includes(name)));
});

test('what settings are read with, nothing else of an ESP8266 calls', () => {
  const without = [...platforms['esp']!.modules['~'], './firmware/address', './firmware/settings'];
  const files = Object.values(modules)
    .flat()
    .filter((path) => !without.includes(path));
  const calls = /\.startsWith\(|\bisInteger\(|return Object\.freeze\(|\.pop\(/;
  expect(files.length).toBeGreaterThan(50);
  expect(files.filter((path) => calls.test(read(`${path}.ts`)))).toEqual([]);
});

/** Notes each call of a built-in by the firmware itself. @returns what ends that */
function watch(name: string, called: string[]): () => void {
  const dot = name.lastIndexOf('.');
  const owner = OWNERS[name.slice(0, dot)] as Methods | undefined;
  const method = name.slice(dot + 1);
  const original = owner?.[method];
  if (!owner || !original) return () => {};
  owner[method] = function (this: unknown, ...given: unknown[]) {
    const caller = new Error('from where?').stack!.split('\n')[2]!;
    if (/\/firmware\/(?!test\/)/.test(caller)) called.push(`${name} ${caller.trim()}`);
    return Reflect.apply(original, this, given);
  };
  return () => {
    owner[method] = original;
  };
}
