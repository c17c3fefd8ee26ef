/** What holds for every batch and every JSON value, not only for the golden vectors. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeBatch, readEnvelope, type Batch } from '../../protocol/batch.js';
import { encodeBatch } from '../../protocol/body.js';
import { ProtocolError } from '../../protocol/error.js';
import { isFieldName, isName, RESERVED_DEVICE, TIME_MAX, TIME_MIN } from '../../protocol/limits.js';
import { verdict } from '../../protocol/reply.js';
import { parseTopic } from '../../protocol/collector-topic.js';
import { topic } from '../../protocol/topic.js';

const deviceName = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$/).filter(isName);
const fieldName = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/).filter(isFieldName);
/** JSON has no NaN, no infinity, and its −0 reads as 0. */
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((v) => (v === 0 ? 0 : v));
const text = fc.string({ maxLength: 256, unit: 'binary' }).filter((s) => s.length <= 256);
const count = fc.nat({ max: 20 });

const batch: fc.Arbitrary<Batch> = fc
  .tuple(count, fc.constantFrom('unix' as const, 'uptime' as const))
  .chain(([length, clock]) =>
    fc
      .record(
        {
          device_id: deviceName.filter((id) => id !== RESERVED_DEVICE),
          device_desc: text,
          log: deviceName,
          oldest: fc.nat(),
          ahead: fc.nat(),
          clock: fc.constant(clock),
          now: fc.integer({ min: TIME_MAX, max: Number.MAX_SAFE_INTEGER }),
          estimated: fc.boolean(),
          time: fc.array(fc.integer({ min: TIME_MIN, max: TIME_MAX }), { minLength: length, maxLength: length }),
          sensors: fc.dictionary(
            deviceName,
            fc.dictionary(fieldName, fc.array(fc.option(number), { minLength: length, maxLength: length }), {
              minKeys: 1,
              maxKeys: 4,
            }),
            { maxKeys: 4 },
          ),
          status: fc.dictionary(fieldName, fc.oneof(text, number, fc.boolean(), fc.constant(null)), { maxKeys: 8 }),
        },
        {
          requiredKeys:
            clock === 'uptime'
              ? ['device_id', 'log', 'oldest', 'ahead', 'clock', 'now', 'estimated', 'time', 'sensors']
              : ['device_id', 'log', 'oldest', 'ahead', 'clock', 'estimated', 'time', 'sensors'],
        },
      )
      .map(({ ahead, ...rest }) => ({ ...rest, first: rest.oldest + ahead })),
  );

test('decodeBatch() undoes encodeBatch() for every valid batch', () => {
  fc.assert(
    fc.property(batch, (given) => {
      expect(decodeBatch(JSON.parse(encodeBatch(given, 'token')))).toEqual(given);
    }),
  );
});

test('decodeBatch() throws nothing but ProtocolError, on any JSON', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => onlyProtocolError(value)));
});

test('decodeBatch() throws nothing but ProtocolError, on a batch with any member replaced', () => {
  const members = ['device_id', 'device_desc', 'log', 'first', 'oldest', 'clock', 'now', 'time', 'sensors', 'status'];
  fc.assert(
    fc.property(batch, fc.constantFrom(...members, 'estimated'), fc.jsonValue(), (given, name, value) => {
      onlyProtocolError({ ...(JSON.parse(encodeBatch(given)) as object), [name]: value });
    }),
  );
});

test('readEnvelope() reads every valid batch that has readings, as decodeBatch() does', () => {
  fc.assert(
    fc.property(
      batch.filter(({ time }) => time.length > 0),
      (given) => {
        const { device_id, log, first, oldest, time } = given;
        const envelope = { device_id, log, first, oldest, length: time.length };
        expect(readEnvelope(JSON.parse(encodeBatch(given)))).toEqual(envelope);
      },
    ),
  );
});

test('verdict() forgets only what a 2xx of the same log says', () => {
  const body = fc.oneof(
    fc.jsonValue(),
    fc.record({ log: fc.constantFrom('a', 'b'), next: fc.oneof(fc.nat(), fc.jsonValue()) }),
  );
  fc.assert(
    fc.property(fc.option(fc.integer({ min: 100, max: 599 })), body, (status, given) => {
      const told = verdict({ status, body: given }, 'a');
      if (told.do !== 'forget') return;
      expect(Math.floor((status ?? 0) / 100)).toBe(2);
      expect(given).toMatchObject({ log: 'a', next: told.next });
    }),
  );
});

test('parseTopic() undoes topic() for every device', () => {
  fc.assert(
    fc.property(
      deviceName,
      fc.constantFrom('batch' as const, 'point' as const, 'reply' as const),
      (device_id, kind) => {
        expect(parseTopic(topic(device_id, kind))).toEqual(device_id === RESERVED_DEVICE ? null : { device_id, kind });
      },
    ),
  );
});

function onlyProtocolError(value: unknown): void {
  try {
    decodeBatch(value);
  } catch (error) {
    expect(error).toBeInstanceOf(ProtocolError);
  }
}
