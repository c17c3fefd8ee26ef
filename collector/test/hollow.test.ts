/** Two ways of reading a body, compared: whatever the quick one takes, it reads as JSON.parse and `decodeBatch` do. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeBatch } from '../../firmware/protocol/batch.js';
import { LIMITS } from '../../firmware/protocol/limits.js';
import { batchInColumns } from '../batch-columns.js';
import { hollow, type Hollow } from '../hollow.js';

/** Bodies must be long to be read so; blanks at the end of a document mean nothing. */
const bytesOf = (text: string) => Buffer.from(text.padEnd(2000));

/** The document again. */
function filled({ outline, lists }: Hollow): unknown {
  const fill = (value: unknown): unknown => {
    if (Array.isArray(value)) return Array.from(lists[value[0] as number]!, listed);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, fill(inner)]));
  };
  return fill(outline);
}

const listed = (value: number) => (value === Number.POSITIVE_INFINITY ? null : value);

/** As `filled` would have it, without -0 in its lists. */
const parsed = (text: string): unknown =>
  JSON.parse(text, (_, value: unknown) =>
    Array.isArray(value) ? value.map((entry) => (entry === 0 ? 0 : entry)) : value,
  );

/** Checks what was read; whether it was read at all. */
function isReadAsByJson(text: string): boolean {
  const bytes = bytesOf(text);
  const read = hollow(bytes);
  if (read === null) return false;
  expect(filled(read), text).toEqual(parsed(bytes.toString()));
  return true;
}

/** Up to 15 digits, any number of them behind the point. */
const decimal = fc
  .record({ negative: fc.boolean(), digits: fc.array(fc.nat(9), { minLength: 1, maxLength: 15 }), whole: fc.nat(15) })
  .map(({ negative, digits, whole }) => {
    const text = digits.join('');
    const before = text.slice(0, Math.max(1, whole)).replace(/^0+(?=.)/, '');
    const behind = text.slice(Math.max(1, whole));
    return `${negative ? '-' : ''}${before}${behind === '' ? '' : `.${behind}`}`;
  });
const ordinary = fc.oneof(
  { weight: 9, arbitrary: decimal },
  fc.constantFrom('null', '0', '-0', '-0.0', '999999999999999', '1763794880000', '0.00000000000001'),
);
const odd = fc.constantFrom(
  ...'1e3 1E-2 9007199254740993 0.1234567890123456 1e999 01 - -01 1. .5 +1 0x1 NaN nul nulll -null true "1"'.split(' '),
  ...'[1] [] {} 1, 1\n'.split(' '),
  '',
  ' ',
  '1 2',
  '\u00a01',
  '\t1',
  '\0',
);
const blanks = fc.constantFrom('', '', '', ' ', '  ');
const entry = (number: fc.Arbitrary<string>) =>
  fc.tuple(blanks, number, blanks).map(([before, text, after]) => before + text + after);
const listText = (number: fc.Arbitrary<string>) =>
  fc.array(entry(number), { minLength: 1, maxLength: 30 }).map((entries) => `[${entries.join(',')}]`);
const text = fc.oneof(
  fc.constantFrom('a', '[1,2]', '\\"[3]', '", [4], "', 'ü€😀', '__proto__', '\u2028'),
  fc.string({ maxLength: 20 }),
);
/** Objects in objects; names may come twice. */
const documentText = (number: fc.Arbitrary<string>) =>
  fc.letrec<{ document: string; value: string }>((tie) => ({
    document: fc
      .array(fc.tuple(text, tie('value')), { minLength: 1, maxLength: 8 })
      .map((members) => `{${members.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`),
    value: fc.oneof(
      { maxDepth: 4 },
      listText(number),
      text.map((value) => JSON.stringify(value)),
      tie('document'),
    ),
  })).document;

/** What a text becomes on a bad way: bytes lost, doubled or put in. */
const damage = fc.record({
  at: fc.nat(),
  cut: fc.nat(3),
  put: fc.constantFrom('', '[', ']', '"', ',', '\\', '0', '-', '{'),
});

function damaged(whole: string, { at, cut, put }: { at: number; cut: number; put: string }): string {
  const place = at % (whole.length + 1);
  return whole.slice(0, place) + put + whole.slice(place + cut);
}

describe('hollow()', () => {
  test('reads ordinary lists as JSON.parse does, bit for bit', () => {
    fc.assert(
      fc.property(listText(ordinary), (list) => {
        expect(isReadAsByJson(`{"a":${list},"b":{"c":${list}}}`)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('leaves to JSON.parse what is unusual, and takes nothing that is no JSON', () => {
    fc.assert(
      fc.property(fc.array(listText(ordinary), { maxLength: 2 }), odd, (lists, unusual) => {
        expect(isReadAsByJson(`{"a":[${[...lists.map((list) => list.slice(1, -1)), unusual].join(',')}]}`)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  test('reads any document as JSON.parse does, or not at all', () => {
    const number = fc.oneof({ weight: 50, arbitrary: ordinary }, odd);
    let read = 0;
    fc.assert(
      fc.property(documentText(number), (document) => {
        if (isReadAsByJson(document)) read++;
      }),
      { numRuns: 1000 },
    );
    expect(read).toBeGreaterThan(50);
  });

  test('reads a damaged document as JSON.parse does, or not at all', () => {
    fc.assert(
      fc.property(documentText(ordinary), fc.array(damage, { minLength: 1, maxLength: 3 }), (whole, damages) => {
        isReadAsByJson(damages.reduce(damaged, whole));
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['that begins with a byte order mark', Buffer.from(`\ufeff${'{"a":[1]}'.padEnd(2000)}`)],
    ['that is no UTF-8', Buffer.concat([bytesOf('{"a":[1]}'), Buffer.from([0xff])])],
    ['that is no object', bytesOf('[1,2,3]')],
    ['without lists', bytesOf('{"a":1}')],
    ['that is cut in a list', Buffer.from(`{"a":[${'1,'.repeat(1000)}1`)],
    ['that is cut in a text', Buffer.from(`{"a":[1],"b":"${'x'.repeat(2000)}`)],
    ['of more lists than a batch has', Buffer.from(`{${'"a":[1],'.repeat(10_000)}"b":1}`)],
    ['of more numbers than it has room for', Buffer.from(`{"a":[${'1,'.repeat(20_000)}1]}`)],
  ])('leaves to JSON.parse a text %s', (_, bytes) => {
    expect(hollow(bytes)).toBeNull();
  });
});

const T0 = 1_763_794_880_000;

const mostly = <T>(usual: T, ...others: T[]): fc.Arbitrary<T> =>
  fc.oneof({ weight: 20, arbitrary: fc.constant(usual) }, fc.constantFrom(...others));

/** The text of a batch, right or not, of readings at these steps. */
const batchText = fc
  .record({
    clock: mostly('"unix"', '"uptime"', '"sundial"'),
    now: mostly(String(T0 + 9e9), '5', 'null', '1.5'),
    first: mostly('7', '0', '9007199254740991', '-1', '"7"'),
    begin: mostly(T0, 5, 0.5),
    steps: fc.array(mostly('60000', '60001', '-60000', '0', '0.00001', 'null'), {
      minLength: 1,
      maxLength: 40,
    }),
    values: fc.array(ordinary, { minLength: 41, maxLength: 41 }),
    longer: mostly(0, 1),
    sensor: mostly('probe', 'constructor', 'a b', '\\u0061', '__proto__', '7'),
    more: mostly(
      '',
      ',"status":{"rssi":-61}',
      ',"status":[1]',
      ',"status":{"x":[1]}',
      ',"device_desc":[1]',
      ',"x":[1,2]',
      ',"x":{"y":[1,2]}',
      ',"time":[1]',
      ',"oldest":9',
      ',"sensors":{"probe":{"temp_C":[1]}}',
      ',"token":[1]',
    ),
  })
  .map(({ clock, now, first, begin, steps, values, longer, sensor, more }) => {
    const list = `[${values.slice(0, steps.length + 1 + longer).join(',')}]`;
    const head = `"device_id":"esp","log":"l","first":${first},"clock":${clock},"now":${now}`;
    return `{${head},"time":[${[begin, ...steps].join(',')}],"sensors":{"${sensor}":{"temp_C":${list}}}${more}}`;
  });

describe('batchInColumns()', () => {
  test('makes of a right batch what decodeBatch() makes of it, and leaves the others to that', () => {
    let taken = 0;
    fc.assert(
      fc.property(batchText, (whole) => {
        const read = hollow(bytesOf(whole));
        const batch = read && batchInColumns(read, LIMITS);
        if (batch === null) return;
        taken++;
        const { time, sensors, ...head } = batch;
        const lists = Object.entries(sensors).map(([sensor, fields]) => [
          sensor,
          Object.fromEntries(
            Object.entries(fields).map(([name, values]) => [name, Array.from(values, listed as never)]),
          ),
        ]);
        expect({ ...head, time: Array.from(time), sensors: Object.fromEntries(lists) }).toEqual(
          decodeBatch(parsed(whole)),
        );
      }),
      { numRuns: 2000 },
    );
    expect(taken).toBeGreaterThan(50);
  });

  test('takes the ordinary batch', () => {
    const column = Array.from({ length: 50 }, (_, i) => (i === 9 ? null : 21.5 + i / 16));
    const sensors = { a: { temp_C: column, batt_V: column }, b: { temp_C: column } };
    const time = column.map((_, i) => (i === 0 ? T0 : 60_000));
    const batch = {
      token: 't',
      device_id: 'esp',
      log: 'l',
      first: 1,
      oldest: 1,
      clock: 'unix',
      now: T0,
      time,
      sensors,
    };
    const read = hollow(bytesOf(JSON.stringify(batch)));
    expect(read?.lists).toHaveLength(4);
    expect(batchInColumns(read!, LIMITS)).not.toBeNull();
  });

  test('keeps to the limits', () => {
    const values = Array(20).fill(1).join(',');
    const read = () =>
      hollow(
        bytesOf(
          `{"device_id":"e","log":"l","first":1,"clock":"uptime","now":99,"time":[${values}],"sensors":{"a":{"x":[${values}]}}}`,
        ),
      )!;
    expect(batchInColumns(read(), LIMITS)).not.toBeNull();
    expect(batchInColumns(read(), { ...LIMITS, readings: 19 })).toBeNull();
    expect(batchInColumns(read(), { ...LIMITS, sensors: 0 })).toBeNull();
    expect(batchInColumns(read(), { ...LIMITS, fields: 0 })).toBeNull();
  });
});
