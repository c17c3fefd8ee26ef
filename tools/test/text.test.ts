import { describe, expect, it } from 'vitest';
import { cut, displayWidth, printable, wrapped } from '../text.js';

describe('printable()', () => {
  it('lets no control character through to the terminal', () => {
    expect(printable('fridge\u001b[2J\r\n\u009b1m\u202e')).toBe('fridge\ufffd[2J\ufffd\ufffd\ufffd1m\ufffd');
  });

  it('leaves names in any script as they are', () => {
    expect(printable('Kühlschrank 冷蔵庫 ❄️')).toBe('Kühlschrank 冷蔵庫 ❄️');
  });
});

describe('displayWidth()', () => {
  it.each([
    ['fridge', 6],
    ['Kühl', 4],
    ['e\u0301', 1],
    ['冷蔵庫', 6],
    ['🌡️', 1],
    ['🧊', 2],
    ['–', 1],
  ])('%s takes %i columns', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });
});

describe('cut()', () => {
  it('leaves a text that fits', () => {
    expect(cut('fridge', 6)).toBe('fridge');
  });

  it('says by … that something is missing, within the width', () => {
    expect(cut('freezer', 6)).toBe('freez…');
    expect(cut('冷蔵庫', 4)).toBe('冷…');
  });
});

describe('wrapped()', () => {
  it.each([
    ['a paragraph, whose own line ends are not kept', 'one two\nthree four five', 'one two three\nfour five'],
    ['paragraphs apart', 'one\n\ntwo', 'one\n\ntwo'],
    ['an explanation that hangs below its term', 'csv  one two three', 'csv  one two\n     three'],
    ['commands as they are', '  thermowell list --json', '  thermowell list --json'],
    ['a word that is too long', 'supercalifragilistic', 'supercalifragilistic'],
  ])('%s', (_, text, expected) => {
    expect(wrapped(text, 14)).toBe(expected);
  });
});
