/** The manifest against the files: a module that is forgotten there still builds, and fails on the chip. */
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { expect, test } from 'vitest';
import { VERSION } from '../protocol/version.js';

interface Platform {
  modules: Record<string, string | string[]>;
  preload?: string[];
  strip?: string[];
  creation: { stack: number };
}

interface Manifest {
  modules: Record<string, string[]>;
  preload: string[];
  platforms: Record<string, Platform>;
}

const ROOT = new URL('../../', import.meta.url);
const read = (file: string): string => readFileSync(new URL(file, ROOT), 'utf8');

const manifest = JSON.parse(read('manifest.json')) as Manifest;

/**
 * The firmware's modules: what main reaches, and what an ESP32 has beside it; what stands there in the place of another is
 * listed there. What only the collector reads isn't one.
 */
const files = [...reached('firmware/main', {}), ...reached('firmware/main', esp32())]
  .map((path) => path.slice('./'.length))
  .filter(
    (file, i, all) => all.indexOf(file) === i && !Object.values(esp32()).includes(`./${file}`) && hasCode(`${file}.ts`),
  );

/** Without what comments and strings say. */
const bare = (source: string): string => source.replace(/'[^'\n]*'|`[^`]*`|\/\/.*|\/\*[^]*?\*\//g, "''");

const listed = Object.values(manifest.modules).flat();

test('lists every file that the firmware reaches and that has code, one by one', () => {
  expect(listed.map((path) => path.replace('./', '')).toSorted()).toEqual(files.toSorted());
});

test('names each module as its path, so that relative imports find it', () => {
  for (const [pattern, paths] of Object.entries(manifest.modules))
    for (const path of paths) expect(`./${pattern.replace('*', path.split('/').at(-1)!)}`).toBe(path);
});

test('preloads every module but main, by its full name: a pattern would match nothing, silently', () => {
  expect(manifest.preload.toSorted()).toEqual(files.filter((file) => file !== 'firmware/main').toSorted());
});

test('no preloaded module has a variable of its own: it would lie in read-only memory', () => {
  expect(manifest.preload.filter((name) => /^(export )?(let|var) /m.test(read(`${name}.ts`)))).toEqual([]);
});

// Each function that touches a `#member` holds a closure for it, 16 bytes of flash; a `#method` takes a slot of RAM in
// every instance. `private` costs neither: the ESP8266's image was 22 kB smaller for it.
test('no preloaded class has a #member', () => {
  expect(manifest.preload.filter((name) => /\.#[a-z]/.test(read(`${name}.ts`)))).toEqual([]);
});

// XS lets the garbage collector write into memory that isn't its own after each match (protocol/letters.ts).
test('no module has a regular expression', () => {
  const expression = /[=(,:!&|?]\s*\/(?![*/\s])|\bRegExp\b/;
  const withIt = (file: string): boolean => expression.test(bare(read(`${file}.ts`)));
  expect([...files, 'firmware/esp32/extras'].filter(withIt)).toEqual([]);
});

test.each(['esp', 'esp32'])('takes the start-up that waits for Wi-Fi away from %s', (platform) => {
  expect(manifest.platforms[platform]?.modules['~']).toContain(`$(BUILD)/devices/${platform}/setup/network`);
});

test('an ESP8266 gets what its firmware imports, and nothing that it does not', () => {
  const { '~': gone, ...rest } = manifest.platforms['esp']!.modules;
  const others = rest as Record<string, string>;
  const left = files.map((file) => `./${file}`).filter((path) => !gone!.includes(path));
  const preloaded = manifest.platforms['esp']!.preload!.map((module) => others[module]!);
  expect(new Set([...reached('firmware/main', others), ...preloaded])).toEqual(
    new Set([...left, ...Object.values(others)]),
  );
});

test('has one section for a family of chips: of two that match, mcconfig takes the first and leaves the other', () => {
  expect(Object.keys(manifest.platforms).filter((platform) => platform.includes('/'))).toEqual([]);
});

// Slots at the deepest, measured on the engine: `lin` with its stack watched, the ESP8266's own objects in QEMU, each in
// both ways of life, with outages, refusals and faulty probes.
test.each([
  ['lin', 387],
  ['esp', 330],
])('the stack of %s is a quarter more than was ever taken of it', (platform, deepest) => {
  expect(manifest.platforms[platform]?.creation.stack).toBeGreaterThanOrEqual(deepest * 1.25);
});

test('the firmware has the version of the package', () => {
  expect((JSON.parse(read('package.json')) as { version: string }).version).toBe(VERSION);
});

/** The files that a module reaches by imports of code, itself included. @param others module → the file in its place */
function reached(module: string, others: Record<string, string>, found = new Set<string>()): Set<string> {
  const path = others[module] ?? `./${module}`;
  if (found.has(path)) return found;
  found.add(path);
  for (const [, name] of read(`${path}.ts`).matchAll(/^(?:import|export) (?!type\b)[^'"]*?from '(\.[^']+)\.js'/gm))
    reached(posix.join(posix.dirname(module), name!), others, found);
  return found;
}

function esp32(): Record<string, string> {
  const { '~': _, ...others } = manifest.platforms['esp32']!.modules;
  return others as Record<string, string>;
}

function hasCode(file: string): boolean {
  return /^(export )?(const|let|class|function|async function|abstract class|start)\b/m.test(read(file));
}
