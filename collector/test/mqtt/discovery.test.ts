/** Home Assistant's discovery messages, against the rules of its documentation (discovery-schema.ts). */
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { collectorEntity, entitiesOf, expiryOf, stateTopicOf, type Described } from '../../mqtt/discovery.js';
import { quantityOf } from '../../mqtt/quantity.js';
import { BINARY_SENSOR, CONFIG_TOPIC, SENSOR } from './discovery-schema.js';

const ajv = new Ajv2020({ strict: false, allErrors: true });
const validSensor = ajv.compile(SENSOR);
const validBinary = ajv.compile(BINARY_SENSOR);

const SCENE = { prefix: 'homeassistant', page: 'http://192.168.1.5:8080' };

const PROBE: Described = {
  id: 4,
  device_id: '24:6f:28:aa:bb:cc',
  device_desc: 'Cellar',
  sensor: '28-0316a4f1b2ff',
  desc: 'top shelf',
  fields: new Set(['temp_C']),
  every: 60_000,
  version: '1.2.0',
};

function configs(series: Partial<Described> = {}) {
  return entitiesOf({ ...PROBE, ...series }, SCENE).map(({ topic, payload }) => ({
    topic,
    config: JSON.parse(payload),
  }));
}

test('a probe is a temperature sensor of its board', () => {
  expect(configs()).toEqual([
    {
      topic: 'homeassistant/sensor/thermowell_24_6f_28_aa_bb_cc/28-0316a4f1b2ff_temp_C/config',
      config: {
        name: 'top shelf',
        unique_id: 'thermowell/24:6f:28:aa:bb:cc/28-0316a4f1b2ff/temp_C',
        default_entity_id: 'sensor.cellar_top_shelf',
        device_class: 'temperature',
        state_class: 'measurement',
        unit_of_measurement: '°C',
        suggested_display_precision: 1,
        state_topic: 'thermowell/24:6f:28:aa:bb:cc/28-0316a4f1b2ff/state',
        value_template: '{{ value_json.temp_C if value_json is defined else None }}',
        expire_after: 300,
        availability: [{ topic: 'thermowell/collector/status' }],
        device: {
          identifiers: ['thermowell/24:6f:28:aa:bb:cc'],
          connections: [['mac', '24:6f:28:aa:bb:cc']],
          name: 'Cellar',
          manufacturer: 'Thermowell',
          model: 'Board',
          sw_version: '1.2.0',
          via_device: 'thermowell_collector',
          configuration_url: 'http://192.168.1.5:8080',
        },
        origin: { name: 'Thermowell', sw_version: expect.any(String) },
      },
    },
  ]);
});

test('each field is a sensor, the one that matters most under the name of the series', () => {
  const fields = new Set(['pressure_hPa', 'linkquality', 'temp_C', 'humidity_pct']);
  expect(
    configs({ fields, sensor: 'BME280', desc: 'BME280' }).map(({ config }) => [config.name, config.device_class]),
  ).toEqual([
    ['BME280', 'temperature'],
    ['BME280 humidity', 'humidity'],
    ['BME280 pressure', 'atmospheric_pressure'],
    ['BME280 link quality', undefined],
  ]);
});

test('a series filled by hand is called by its id', () => {
  const byHand = { sensor: null, device_id: 'a logger / no. 1', device_desc: '', desc: null };
  const [{ topic, config }] = configs(byHand) as [{ topic: string; config: any }];
  expect(topic).toMatch(/^homeassistant\/sensor\/thermowell_a_logger___no__1_[0-9a-f]{8}\/series-4_temp_C\/config$/);
  expect(config).toMatchObject({ name: 'temperature', unique_id: 'thermowell/a logger / no. 1//4/temp_C' });
  expect(config.state_topic).toMatch(/^thermowell\/a_logger___no__1_[0-9a-f]{8}\/series-4\/state$/);
  expect(config.state_topic).toBe(stateTopicOf({ ...PROBE, ...byHand }));
});

describe('a value expires', () => {
  test.each([
    [1000, 300],
    [60_000, 300],
    [100_001, 600],
    [3_600_000, 14_400],
    [86_400_000, 604_800],
    [40 * 86_400_000, 604_800],
    [null, 3600],
  ])('that comes every %s ms, after %i s', (every, seconds) => {
    expect(expiryOf(every)).toBe(seconds);
    if (every !== null && every < 86_400_000) expect(seconds * 1000).toBeGreaterThanOrEqual(3 * every);
  });
});

test('a unit that somebody has set counts where the name says nothing', () => {
  expect(quantityOf('level', 'cm')).toEqual({ title: 'level', unit: 'cm', state_class: 'measurement' });
  expect(quantityOf('temp_C', 'K')).toMatchObject({ unit: '°C' });
  expect(quantityOf('toString')).toEqual({ title: 'toString', state_class: 'measurement' });
  expect(quantityOf('_C')).toEqual({ title: 'C', state_class: 'measurement' });
});

test('the collector is a device that is connected or not', () => {
  const { topic, payload } = collectorEntity(SCENE);
  expect(topic).toMatch(CONFIG_TOPIC);
  expect(validBinary(JSON.parse(payload)), JSON.stringify(validBinary.errors)).toBe(true);
});

const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$/);
const words = fc.string({ unit: 'grapheme', maxLength: 40 });
const field = fc.oneof(
  fc.constantFrom(
    'temp_C',
    'batt_V',
    'battery_pct',
    'energy_kWh',
    'co2_ppm',
    'linkquality',
    'uptime_s',
    'x_Hz',
    '_C',
    '_',
  ),
  fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/),
);
const series: fc.Arbitrary<Described> = fc.record({
  id: fc.integer({ min: 1, max: 999_999 }),
  device_id: fc.oneof(name, fc.string({ maxLength: 80 }), fc.constant('24:6F:28:AA:BB:CC')),
  device_desc: words,
  sensor: fc.oneof(name, fc.constant(null)),
  desc: fc.oneof(words, fc.constant(null)),
  fields: fc.uniqueArray(field, { minLength: 1, maxLength: 5 }).map((fields) => new Set(fields)),
  every: fc.oneof(fc.integer({ min: 1, max: 1e10 }), fc.constant(null)),
  version: fc.constantFrom(null, '1.0.0'),
});

test('whatever there is, Home Assistant takes what it is told', () => {
  fc.assert(
    fc.property(series, (series) => {
      // a device's own id is never any text
      const whole = series.sensor === null ? series : { ...series, device_id: '24:6f:28:aa:bb:cc' };
      for (const { topic, payload } of entitiesOf(whole, SCENE)) {
        expect(topic).toMatch(CONFIG_TOPIC);
        expect(validSensor(JSON.parse(payload)), `${payload} ${JSON.stringify(validSensor.errors)}`).toBe(true);
      }
    }),
  );
});

test('two series never share a topic or an id', () => {
  const place = fc.record({ device_id: name, sensor: name });
  fc.assert(
    fc.property(place, place, (a, b) => {
      const one = configs(a)[0]!;
      const other = configs(b)[0]!;
      const same = a.device_id === b.device_id && a.sensor === b.sensor;
      expect(one.config.unique_id === other.config.unique_id).toBe(same);
      expect(one.topic === other.topic).toBe(same);
    }),
  );
});
