import { expect, test } from 'vitest';
import { abortHook } from '../abort.js';

test('an exception that nobody caught is told, and life goes on', () => {
  const told: unknown[] = [];
  const abort = abortHook((error) => told.push(error));
  expect(abort('unhandled exception', 'the first')).toBe(false);
  expect(abort('unhandled rejection')).toBe(false);
  expect(told).toEqual(['the first', 'unhandled rejection']);
});

test('where XS would go on with a null pointer, it is told why, and the chip restarts', () => {
  const told: unknown[] = [];
  const abort = abortHook((error) => told.push(error));
  for (const why of ['memory full', 'not enough keys', 'dead strip', 'fatal'])
    expect(abort(why, 'an older exception')).not.toBe(false);
  expect(told).toEqual(['memory full', 'not enough keys', 'dead strip', 'fatal']);
});

test('that there is no memory even to tell it ends in the restart', () => {
  const abort = abortHook(() => {
    expect(abort('memory full')).not.toBe(false);
    throw new Error('none here either');
  });
  expect(() => abort('memory full')).toThrow('none here either');
});
