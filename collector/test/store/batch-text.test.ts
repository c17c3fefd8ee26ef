/** A record's text copied from the upload's holds what the upload was understood as, or isn't made at all. */
import { array, assert, constantFrom, oneof, property } from 'fast-check';
import { expect, test } from 'vitest';
import { decodeBatch } from '../../../firmware/protocol/batch.js';
import { batchText, type BatchHead } from '../../store/batch-text.js';
import { toSteps } from '../../store/record.js';

const T = 1_763_794_880_000;
const HEAD: BatchHead = { device_id: 'd', user: 1, received: T, log: 'l', first: 0, oldest: 0, length: 3 };

/** The upload's text around these members. */
function upload(members: string): string {
  return `{"token":"t","device_id":"d","log":"l","first":0,"clock":"unix",${members}}`;
}

function expectRight(text: string, copied: string): void {
  expect(copied).not.toContain('\n');
  const { time, sensors } = decodeBatch(JSON.parse(text));
  expect(JSON.parse(copied)).toEqual({ ...HEAD, time: toSteps(time), sensors });
}

test.each([
  `"time":[${T},60000,60000],"sensors":{"a":{"temp_C":[21.5,null,-1e-7]}}`,
  `"sensors":{"a":{"x":[1,2,3],"y":[1.0,2E2,-0]},"b:1":{"x":[null,null,null]}},"time":[${T},-1,0]`,
  `"time":[${T}],"sensors":{"a":{"x":[1]},"a":{"x":[2]}}`,
  `"time":[${T}], "status":{"reset":"power on"},\n"sensors":{"a":{"x":[1]}}`,
])('copied: %s', (members) => {
  const text = upload(members);
  expectRight(text, batchText(HEAD, text)!);
});

test.each([
  ['spaces in an array', `"time":[${T}, 1],"sensors":{"a":{"x":[1,2]}}`],
  ['a line feed', `"time":[${T}],"sensors":{"a":{"x":[1]}\n}`],
  ['a space after a name', `"time": [${T}],"sensors":{"a":{"x":[1]}}`],
  ['no sensors', `"time":[],"sensors":{}`],
  ['a sensor that is called time', `"time":[${T}],"sensors":{"time":{"x":[1]}}`],
  ['a field that is called sensors', `"time":[${T}],"sensors":{"a":{"sensors":[1]}}`],
  ['a status of that value', `"status":{"x":"time"},"time":[${T}],"sensors":{"a":{"x":[1]}}`],
  ['a member twice', `"time":[1],"time":[${T}],"sensors":{"a":{"x":[1]}}`],
  ['an escape', `"device_desc":"\\"time\\":[1]","time":[${T}],"sensors":{"a":{"x":[1]}}`],
  ['a sensor twice, once of another shape', `"time":[${T}],"sensors":{"a":{"x":{}},"a":{"x":[1]}}`],
  ['a field twice, once of another shape', `"time":[${T}],"sensors":{"a":{"x":[[1]],"x":[1]}}`],
])('not copied: %s', (_, members) => {
  const text = upload(members);
  decodeBatch(JSON.parse(text));
  expect(batchText(HEAD, text)).toBeNull();
});

test('whatever is put together of the pieces of a batch is copied rightly or not at all', () => {
  const piece = constantFrom(
    '"time"',
    '"sensors"',
    '"a"',
    '"x"',
    '"}}"',
    ':',
    ',',
    '{',
    '}',
    '}}',
    '[',
    ']',
    `[${T}]`,
    '[1]',
    '{"x":[1]}',
    ' ',
    '\n',
  );
  const text = array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
  const plain = `"sensors":{"a":{"x":[1]}}`;
  const members = oneof(
    text.map((noise) => `"time":[${T}],${plain},"more":${noise}`),
    text.map((noise) => `"more":${noise},"time":[${T}],${plain}`),
    text.map((noise) => `"time":[${T}],"sensors":{"a":{"x":[1]}${noise}}`),
    text.map((noise) => `"time":[${T}],"sensors":{${noise}"a":{"x":[1]}}`),
  );
  let copies = 0;
  const rightOrNot = (members: string): void => {
    const text = upload(members);
    try {
      decodeBatch(JSON.parse(text));
    } catch {
      return;
    }
    const copied = batchText(HEAD, text);
    if (copied === null) return;
    copies++;
    expectRight(text, copied);
  };
  assert(property(members, rightOrNot), { numRuns: 20_000 });
  expect(copies).toBeGreaterThan(50);
});
