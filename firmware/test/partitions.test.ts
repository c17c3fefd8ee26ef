/** The ESP32's partition table: what the bootloader and the firmware rely on. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const FLASH = 4 * 1024 * 1024;
/** Bootloader and table lie before it. */
const FIRST = 0x9000;

const table = readFileSync(new URL('../esp32/partitions.csv', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => line.split(',').map((cell) => cell.trim()))
  .map(([name = '', type = '', subtype = '', offset, size]) => ({
    name,
    kind: `${type}/${subtype}`,
    offset: Number(offset),
    end: Number(offset) + Number(size),
  }));

const find = (name: string) => table.find((partition) => partition.name === name)!;

test('partitions follow each other without a gap, up to the end of a 4 MB flash', () => {
  expect(table[0]!.offset).toBe(FIRST);
  for (let i = 1; i < table.length; i++) expect(table[i]!.offset, table[i]!.name).toBe(table[i - 1]!.end);
  expect(table.at(-1)!.end).toBe(FLASH);
});

test('images are aligned as the chip wants them, and have the same room', () => {
  for (const name of ['ota_0', 'ota_1']) {
    const { kind, offset, end } = find(name);
    expect(kind).toBe(`app/${name}`);
    expect(offset % 0x10000).toBe(0);
    expect(end - offset).toBe(0x180000);
  }
  expect(find('otadata')).toMatchObject({ kind: 'data/ota', end: find('otadata').offset + 0x2000 });
});

test('the log has all the rest, in whole sectors', () => {
  const { kind, offset, end } = find('storage');
  expect(kind).toBe('data/spiffs');
  expect((end - offset) % 4096).toBe(0);
  expect(end - offset).toBeGreaterThanOrEqual(960 * 1024);
});
