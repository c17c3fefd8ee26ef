import { expect, test } from 'vitest';
import { lowerCase } from '../esp8266/lower-case.js';

test("an ESP8266's small letters are those of ASCII, all of them and no others", () => {
  const ascii = String.fromCharCode(...Array.from({ length: 128 }, (_, code) => code));
  const small = 'abcdefghijklmnopqrstuvwxyz';
  expect(lowerCase(ascii)).toBe(ascii.replace(small.toUpperCase(), small));
  expect(lowerCase('Content-LENGTH: Ärger')).toBe('content-length: Ärger');
});
