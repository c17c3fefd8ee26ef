/** Holds the floors of the house: which room may import which, one door per dependency, and what stands at the top. */
import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

interface Room {
  name: string;
  files: RegExp;
  /** rooms it may import besides itself; a part's name stands for all its rooms */
  may: string[];
}

/** The first row that matches a file is its room. The protocol floor is every room's to import. */
const ROOMS: Room[] = [
  { name: 'protocol', files: /^firmware\/protocol\//, may: [] },
  { name: 'firmware/main', files: /^firmware\/(main|start|device|connection)\.ts$/, may: ['firmware'] },
  {
    name: 'firmware/chip',
    files: /^firmware\/chip\//,
    may: ['firmware/parts', 'firmware/sensors', 'firmware/setup', 'firmware/tls', 'firmware/uplinks'],
  },
  {
    name: 'firmware/esp32',
    files: /^firmware\/esp32\//,
    may: ['firmware/chip', 'firmware/parts', 'firmware/setup', 'firmware/uplinks'],
  },
  { name: 'firmware/esp8266', files: /^firmware\/esp8266\//, may: [] },
  {
    name: 'firmware/life',
    files: /^firmware\/life\//,
    may: ['firmware/flow', 'firmware/parts', 'firmware/sensors', 'firmware/uplinks'],
  },
  // Stand-ins under the names of what they stand in for; of the simulator they take the bus, by its name in the manifest.
  {
    name: 'firmware/lin',
    files: /^firmware\/lin\//,
    may: ['firmware/chip', 'firmware/parts', 'firmware/sensors', 'firmware/setup', 'firmware/uplinks'],
  },
  {
    name: 'firmware/flow',
    files: /^firmware\/(sampler|uploader)\.ts$/,
    may: ['firmware/parts', 'firmware/sensors', 'firmware/uplinks'],
  },
  // Beneath the SDK's TLS, in the place of a module of its own.
  { name: 'firmware/tls', files: /^firmware\/tls\//, may: [] },
  { name: 'firmware/setup', files: /^firmware\/setup\//, may: ['firmware/parts'] },
  { name: 'firmware/sensors', files: /^firmware\/sensors\//, may: ['firmware/parts'] },
  { name: 'firmware/uplinks', files: /^firmware\/uplinks\//, may: ['firmware/parts'] },
  { name: 'firmware/test', files: /^firmware\/test\//, may: ['firmware', 'tools/simulator'] },
  { name: 'firmware/parts', files: /^firmware\/[^/]+\.ts$/, may: [] },

  { name: 'collector/main', files: /^collector\/(main|collector)\.ts$/, may: ['collector'] },
  { name: 'page/main', files: /^collector\/page\/(main|dashboard)\.ts$/, may: ['page'] },
  { name: 'page/words', files: /^collector\/page\/words\//, may: [] },
  { name: 'page/data', files: /^collector\/page\/data\//, may: ['page/words'] },
  {
    name: 'page/rooms',
    files: /^collector\/page\/(overview|plot|care)\//,
    may: ['page/parts', 'page/data', 'page/words'],
  },
  { name: 'page/worker', files: /^collector\/page\/worker\//, may: [] },
  { name: 'page/parts', files: /^collector\/page\/([^/]+|uplot\/.*)\.ts$/, may: ['page/data', 'page/words'] },
  {
    name: 'collector/doors',
    files: /^collector\/(http|mqtt)\//,
    may: ['collector/alarms', 'collector/flow', 'collector/store'],
  },
  { name: 'collector/alarms', files: /^collector\/alarms\//, may: ['collector/flow', 'collector/store'] },
  { name: 'collector/store', files: /^collector\/store\//, may: [] },
  { name: 'collector/test', files: /^collector\/test\//, may: ['collector', 'page'] },
  { name: 'collector/flow', files: /^collector\/[^/]+\.ts$/, may: ['collector/store'] },

  { name: 'tools/cli', files: /^tools\/cli\.ts$/, may: ['tools'] },
  {
    name: 'tools/commands',
    files: /^tools\/commands\//,
    // of the firmware its settings, to refuse wrong ones before they are built in
    may: ['tools/simulator', 'tools/bench', 'tools/formats', 'tools/parts', 'collector', 'firmware/parts'],
  },
  { name: 'tools/formats', files: /^tools\/formats\//, may: ['tools/parts'] },
  { name: 'tools/bench', files: /^tools\/bench\//, may: ['tools/simulator'] },
  { name: 'tools/simulator', files: /^tools\/simulator\//, may: ['firmware'] },
  { name: 'tools/test', files: /^tools\/test\//, may: ['tools', 'collector', 'firmware'] },
  { name: 'tools/parts', files: /^tools\/[^/]+\.ts$/, may: [] },
];

/** A package, or an XS module, and the only files that may import it. */
const DOORS: [dependency: RegExp, files: RegExp][] = [
  [/^lowdb(\/|$)/, /^collector\/(store\/|alarms\/alarm-file\.ts$)/],
  [/^(fastify|@fastify\/.*)$/, /^collector\/http\//],
  [/^aedes$/, /^collector\/mqtt\/broker\.ts$/],
  [/^bonjour-service$/, /^collector\/(announcement\.ts$|test\/)/],
  [/^mqtt$/, /^(collector\/mqtt\/client|tools\/simulator\/mqtt-exchange)\.ts$|^(collector|tools)\/test\//],
  [/^ws$/, /^collector\/mqtt\/websocket\.ts$/],
  [/^commander$/, /^tools\/(cli|command)\.ts$/],
  [/^@inquirer\/prompts$/, /^tools\/prompt\.ts$/],
  [/^sql\.js$/, /^tools\/(formats\/seed-database\.ts$|test\/)/],
  [/^(@resvg\/resvg-wasm|dejavu-fonts-ttf)(\/|$)/, /^tools\/png\.ts$/],
  [/^tar-stream$/, /^collector\/archive\.ts$/],
  [/^uplot$/, /^collector\/page\//],
  [/^(undici|playwright-core|fast-check|vitest)$/, /^(firmware|collector|tools)\/test\//],
  [/^(mc\/|embedded:|net$|time$|timer$|onewire$|flash$|wifi$|crypt$)/, /^firmware\/(chip\/|esp32\/|lin\/|tls\/)/],
  [/^(x509|pkcs1_5|ecdsa)$/, /^firmware\/tls\//],
];

const TOP =
  'LICENSE CHANGELOG.md README.md collector firmware manifest.json package-lock.json package.json tools tsconfig.json';

const files = ['firmware', 'collector', 'tools'].flatMap((part) =>
  readdirSync(posix.join(ROOT, part), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.d.ts'))
    .map((entry) => posix.join(entry.parentPath, entry.name).slice(ROOT.length))
    .filter((file) => !file.includes('node_modules/')),
);

/** file → what it imports: a file, or the name of a package. */
const imports = new Map(files.map((file) => [file, importsOf(file)]));

test('every file has a room', () => {
  expect(files.filter((file) => roomOf(file) === undefined)).toEqual([]);
});

test('imports go down the floors', () => {
  const wrong = edges().filter(({ from, to }) => {
    const room = roomOf(from)!;
    const other = roomOf(to)?.name ?? 'nowhere';
    const allowed = room.name === 'protocol' ? [] : ['protocol', ...room.may];
    return other !== room.name && !allowed.some((may) => other === may || other.startsWith(`${may}/`));
  });
  expect(wrong.map(({ from, to }) => `${from} → ${to}`)).toEqual([]);
});

test('no file of the product imports itself by a detour', () => {
  const cycles: string[] = [];
  const seen = new Set<string>();
  const walk = (file: string, way: string[]): void => {
    if (way.includes(file)) cycles.push([...way.slice(way.indexOf(file)), file].join(' → '));
    if (seen.has(file)) return;
    seen.add(file);
    for (const to of imports.get(file) ?? []) walk(to, [...way, file]);
  };
  for (const file of files) if (!file.includes('/test/')) walk(file, []);
  expect(cycles).toEqual([]);
});

test('each dependency has one door', () => {
  const wrong = files.flatMap((file) =>
    imports
      .get(file)!
      .filter((name) => DOORS.some(([dependency, doors]) => dependency.test(name) && !doors.test(file)))
      .map((name) => `${file} → ${name}`),
  );
  expect(wrong).toEqual([]);
});

test('the top level holds the parts and nothing else', () => {
  const ignored = new Set(['node_modules', 'dist', 'data']);
  const found = readdirSync(ROOT).filter((name) => !name.startsWith('.') && !ignored.has(name));
  expect(found.filter((name) => !TOP.split(' ').includes(name))).toEqual([]);
});

function importsOf(file: string): string[] {
  const text = readFileSync(posix.join(ROOT, file), 'utf8');
  const specifiers = [
    ...text.matchAll(/^(?:import|export)\b[^'"]*?\bfrom '([^']+)'/gm),
    ...text.matchAll(/^import '([^']+)'/gm),
    ...text.matchAll(/\bimport\('([^']+)'\)/g),
  ].map((match) => match[1]!);
  return specifiers.map((specifier) =>
    specifier.startsWith('.') ? posix.join(posix.dirname(file), specifier).replace(/\.js$/, '.ts') : specifier,
  );
}

function edges(): { from: string; to: string }[] {
  return [...imports].flatMap(([from, names]) =>
    names.filter((name) => files.includes(name)).map((to) => ({ from, to })),
  );
}

function roomOf(file: string): Room | undefined {
  return ROOMS.find((room) => room.files.test(file));
}
