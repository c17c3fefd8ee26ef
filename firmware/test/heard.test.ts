import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Heard } from '../uplinks/heard.js';

const codec = {
  encode: (text: string): Uint8Array => new TextEncoder().encode(text),
  decode: (bytes: ArrayBuffer): string => new TextDecoder('utf-8', { fatal: true }).decode(bytes),
};

const HEEDED = ['log', 'next', 'now', 'status', 'retry_after', 'firmware'];
const OFFER = { name: 'esp32-1.2.0.bin', version: '1.2.0', length: 1_234_567, sha256: 'a'.repeat(64) };

function hear(text: string, pieceBytes = 700): unknown {
  const heard = new Heard();
  const bytes = codec.encode(text);
  for (let at = 0; at < bytes.length; at += pieceBytes) heard.add(bytes.slice(at, at + pieceBytes).buffer);
  heard.add(undefined);
  return heard.json(codec);
}

test('what is heeded of any answer is as JSON.parse has it, wherever it is cut and spaced', () => {
  const heeded = fc.record(
    {
      log: fc.string({ maxLength: 9, unit: 'binary' }),
      next: fc.nat(),
      now: fc.option(fc.nat()),
      status: fc.integer(),
      retry_after: fc.nat(),
      firmware: fc.constant(OFFER),
    },
    { requiredKeys: [], noNullPrototype: true },
  );
  const names = fc.string({ maxLength: 20, unit: 'binary' }).filter((name) => !HEEDED.includes(name));
  const others = fc.dictionary(names, fc.jsonValue(), { noNullPrototype: true });
  fc.assert(
    fc.property(heeded, others, fc.nat(3), fc.integer({ min: 1, max: 99 }), (heeded, others, spaces, pieceBytes) => {
      const text = JSON.stringify(pieceBytes % 2 ? { ...heeded, ...others } : { ...others, ...heeded }, null, spaces);
      expect(hear(text, pieceBytes)).toEqual(heeded);
    }),
  );
});

test('an answer of any length and depth is heeded, and no more of it is kept', () => {
  const deep = '['.repeat(100_000) + ']'.repeat(100_000);
  const long = JSON.stringify({ series: Object.fromEntries(Array.from({ length: 9999 }, (_, i) => [`p-${i}`, i])) });
  for (const value of [deep, long, `"${'\\"'.repeat(50_000)}"`, `{"log":"another","next":9}`])
    expect(hear(`{"log":"a","series":${value},"next":3}`)).toEqual({ log: 'a', next: 3 });
});

test('what would fill the memory or the stack of whoever parses it is no answer', () => {
  const deep = '['.repeat(200) + ']'.repeat(200);
  for (const text of [`{"next":${deep}}`, `{"log":"${'x'.repeat(600)}"}`, `{"${'x'.repeat(600)}":1,"next":3}`])
    expect(hear(text)).toBe(null);
});

test('nor is what is no object, is torn, or goes on', () => {
  for (const text of [
    '',
    'null',
    '7',
    '"log"',
    '<html>{}',
    '{"next":3',
    '{"next":3}}',
    '{"next":3},',
    '{"next":}',
    '{next}',
  ])
    expect(hear(text)).toBe(null);
  expect(hear('{}')).toEqual({});
});
