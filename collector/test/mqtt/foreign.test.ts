/** Tasmota and Zigbee2MQTT, as Debian's mosquitto_pub sends what they do; and whatever else may come there. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isFieldName, isName } from '../../../firmware/protocol/limits.js';
import { fieldOf } from '../../mqtt/foreign/measured.js';
import { nameOf } from '../../mqtt/foreign/name.js';
import { tasmota } from '../../mqtt/foreign/tasmota.js';
import { zigbee2mqtt } from '../../mqtt/foreign/zigbee2mqtt.js';
import { MQTT, NOW, start, type Running } from '../running.js';
import { missing, Mosquitto, mosquittoPub } from './mosquitto.js';

const lacking = missing();
if (lacking !== null) process.stderr.write(`Tests of other firmware are left out: ${lacking} is not installed\n`);

const ALL = { ...MQTT, accept: ['tasmota', 'zigbee2mqtt'] } as const;

/** What Tasmota 14 sends of two probes, a BME280 and a plug. */
const TASMOTA = {
  Time: '2026-11-22T10:00:00',
  'DS18B20-1': { Id: '0316A4F1B2FF', Temperature: 21.5 },
  'DS18B20-2': { Id: '0316A4F1B300', Temperature: -3.1 },
  BME280: { Temperature: 22.1, Humidity: 45.3, DewPoint: 9.7, Pressure: 1003.2 },
  ENERGY: { TotalStartTime: '2026-01-01T00:00:00', Total: 12.5, Power: 40, Factor: 0.9, Voltage: 230, Current: 0.2 },
  TempUnit: 'C',
  PressureUnit: 'hPa',
};

const ZIGBEE = {
  battery: 97,
  humidity: 45.1,
  last_seen: 1_795_176_000_000,
  linkquality: 123,
  temperature: 21.5,
  update: { state: 'idle', installed_version: 5 },
  update_available: false,
  voltage: 2995,
};

const read = (payload: object) => tasmota.read('tele/cellar/SENSOR', payload as never)?.sensors;

describe('Tasmota', () => {
  test('has a sensor for each of its own, probes by their ROM as our firmware calls them', () => {
    expect(tasmota.read('tele/cellar/SENSOR', TASMOTA)).toEqual({
      name: 'cellar',
      sensors: {
        '28-0316a4f1b2ff': { temp_C: 21.5 },
        '28-0316a4f1b300': { temp_C: -3.1 },
        BME280: { temp_C: 22.1, humidity_pct: 45.3, dewpoint_C: 9.7, pressure_hPa: 1003.2 },
        ENERGY: { energy_kWh: 12.5, power_W: 40, Factor: 0.9, voltage_V: 230, current_A: 0.2 },
      },
    });
  });

  test('is understood in Fahrenheit and millimetres of mercury', () => {
    const imperial = {
      AM2301: { Temperature: 70.7, Humidity: 40, Pressure: 752.4 },
      TempUnit: 'F',
      PressureUnit: 'mmHg',
    };
    expect(read(imperial)).toEqual({ AM2301: { temp_C: 21.5, humidity_pct: 40, pressure_hPa: 1003.1177 } });
  });

  test.each([
    [{ Time: '2026-11-22T10:00:00', TempUnit: 'C' }, {}],
    [{ DS18B20: { Id: 'x', Temperature: null } }, {}],
    [{ DS18B20: { Id: 'x', Temperature: '21.5' } }, {}],
    [{ X: { Pressure: 1000 }, PressureUnit: 'constructor' }, { X: { pressure_hPa: 1000 } }],
    [{ DS18B20: { Temperature: 1 } }, { DS18B20: { temp_C: 1 } }],
    [{ ANALOG: { A0: 512, Range: [1, 2] } }, { ANALOG: { A0: 512 } }],
    [{ 'MAX 31855': { ProbeTemperature: 99 } }, { [nameOf('MAX 31855')]: { ProbeTemperature: 99 } }],
  ])('%j is %j', (payload, sensors) => {
    expect(read(payload)).toEqual(sensors);
  });
});

describe('Zigbee2MQTT', () => {
  test('has one sensor with all numbers of a device', () => {
    expect(zigbee2mqtt.read('zigbee2mqtt/kitchen', ZIGBEE)).toEqual({
      name: 'kitchen',
      sensors: { zigbee: { battery_pct: 97, humidity_pct: 45.1, linkquality: 123, temp_C: 21.5, batt_V: 2.995 } },
    });
    expect(zigbee2mqtt.read('zigbee2mqtt/plug', { voltage: 230, power: 5 })!.sensors).toEqual({
      zigbee: { voltage_V: 230, power_W: 5 },
    });
    expect(zigbee2mqtt.read('zigbee2mqtt/garden/shed', { temperature: 1 })!.name).toBe('garden/shed');
  });

  test.each([
    'bridge',
    'bridge/state',
    'bridge/devices',
    'kitchen/set',
    'kitchen/set/state',
    'a/b/get',
    'kitchen/availability',
  ])('zigbee2mqtt/%s is about no measurement', (rest) => {
    expect(zigbee2mqtt.read(`zigbee2mqtt/${rest}`, { temperature: 1 })).toBeNull();
  });
});

test('any name of theirs becomes one of ours, and two that differ stay two', () => {
  expect(nameOf('kitchen')).toBe('kitchen');
  expect(nameOf('0x00158d0001abcdef')).toBe('0x00158d0001abcdef');
  expect(nameOf('Küche/Fenster 1')).toMatch(/^Kuche-Fenster-1-[0-9a-f]{6}$/);
  expect(nameOf('Küche/Fenster-1')).not.toBe(nameOf('Küche/Fenster 1'));
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => isName(nameOf(text))));
  fc.assert(fc.property(fc.string(), (text) => fieldOf(text) === null || isFieldName(fieldOf(text)!)));
});

async function devices(collector: Running): Promise<Record<string, any>> {
  const { body } = await collector.get('/devices');
  return Object.fromEntries(body.map((device: { device_id: string }) => [device.device_id, device]));
}

async function latest(collector: Running, id: number) {
  const { body } = await collector.get(`/series/${id}/latest`);
  return [Date.parse(body.timestamp), body.fields];
}

const publish = (collector: Running, topic: string, payload: unknown, more: string[] = []) =>
  mosquittoPub(collector.mqttPort, ['-u', 'x', '-P', 'robin', '-t', topic, '-m', JSON.stringify(payload), ...more]);

test.skipIf(lacking !== null)(
  'what they publish is stored with the time of its arrival, as the user of the token',
  async () => {
    const collector = await start({ config: ALL });
    await publish(collector, 'tele/cellar/SENSOR', TASMOTA, ['-q', '1']);
    await publish(collector, 'zigbee2mqtt/Küche/Fenster', ZIGBEE, ['-q', '1']);
    const { cellar, ...rest } = await devices(collector);
    expect(cellar).toMatchObject({ user: 'Robin', ledger: [{ stored: 1, lost: 0 }] });
    expect(Object.keys(cellar.sensors).sort()).toEqual(['28-0316a4f1b2ff', '28-0316a4f1b300', 'BME280', 'ENERGY']);
    expect(await latest(collector, cellar.sensors['28-0316a4f1b300'])).toEqual([NOW, { temp_C: -3.1 }]);
    const [kitchen] = Object.values(rest);
    expect(kitchen).toMatchObject({ device_desc: 'Küche/Fenster', user: 'Robin' });
    expect(await latest(collector, kitchen.sensors.zigbee)).toEqual([NOW, expect.objectContaining({ batt_V: 2.995 })]);
  },
);

test.skipIf(lacking !== null)('nothing is taken that the collector was not told to accept', async () => {
  const collector = await start({ config: { ...MQTT, accept: ['tasmota'] } });
  await publish(collector, 'zigbee2mqtt/kitchen', ZIGBEE, ['-q', '1']);
  await publish(collector, 'tele/plug/SENSOR', TASMOTA, ['-q', '1']);
  expect(Object.keys(await devices(collector))).toEqual(['plug']);
});

test.skipIf(lacking !== null)("a device of another user stays as it is, and the sender's connection, too", async () => {
  const collector = await start({ config: ALL });
  const batch = { token: 'ada', device_id: 'cellar', log: 'a', first: 0, clock: 'unix', time: [NOW] };
  await collector.put('/batch/new', { ...batch, sensors: { probe: { temp_C: [20] } } });
  expect((await publish(collector, 'tele/cellar/SENSOR', TASMOTA, ['-q', '1'])).code).toBe(0);
  const { cellar } = await devices(collector);
  expect([cellar.user, Object.keys(cellar.sensors)]).toEqual(['Ada', ['probe']]);
  expect(collector.log.join('')).toContain('belongs to another user');
});

test.skipIf(lacking !== null)(
  'over an outside broker they belong to its user, and what it had kept is not taken as new',
  async () => {
    const broker = await Mosquitto.open();
    const send = (topic: string, temperature: number, more: string[] = []) =>
      mosquittoPub(broker.port, ['-t', topic, '-m', JSON.stringify({ temperature }), '-q', '1', ...more]);
    await send('zigbee2mqtt/old', 5, ['-r']);
    const mqtt = {
      broker: 'outside',
      url: new URL(`mqtt://127.0.0.1:${broker.port}`),
      ca: null,
      user: 'Robin',
    } as const;
    const collector = await start({ config: { ...ALL, mqtt } });
    await expect.poll(() => collector.log.join('')).toContain('MQTT: connected');
    await send('zigbee2mqtt/new', 6);
    await expect.poll(async () => Object.keys(await devices(collector))).toEqual(['new']);
    expect((await devices(collector))['new'].user).toBe('Robin');
  },
);

test('whatever comes there, the reading in it is one that can be stored', async () => {
  const collector = await start({ config: ALL });
  const key = fc.oneof(
    fc.constantFrom(
      'temperature',
      'Temperature',
      'voltage',
      'DS18B20',
      'Id',
      'TempUnit',
      '__proto__',
      'constructor',
      'a b',
      '1',
    ),
    fc.string(),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(Infinity, -0, 1e-7, null, true, 'F', '0316A4F1B2FF'),
      fc.double(),
      fc.string(),
      fc.dictionary(key, tie('value'), { maxKeys: 5 }),
      fc.array(tie('value'), { maxLength: 2 }),
    ),
  }));
  const message = fc.record({
    dialect: fc.constantFrom(tasmota, zigbee2mqtt),
    name: fc.oneof(fc.constantFrom('collector', 'x/y', '', '__proto__'), fc.string({ unit: 'grapheme', minLength: 1 })),
    payload: fc.dictionary(key, value as fc.Arbitrary<any>, { maxKeys: 6 }),
  });
  fc.assert(
    fc.property(message, ({ dialect, name, payload }) => {
      const topic = dialect === tasmota ? `tele/${name}/SENSOR` : `zigbee2mqtt/${name}`;
      const reading = dialect.read(topic, payload);
      for (const [sensor, fields] of Object.entries(reading?.sensors ?? {})) {
        expect(isName(sensor)).toBe(true);
        for (const [field, number] of Object.entries(fields)) {
          expect(isFieldName(field)).toBe(true);
          expect(Number.isFinite(number)).toBe(true);
        }
      }
    }),
    { numRuns: 1000 },
  );
  expect((await collector.get('/health')).body.status).toBe('ok');
});

test
  .skipIf(lacking !== null)
  .each(['', 'null', '[1]', '{"temperature":', '{"temperature":1e999}', '{"__proto__":1}', '\u0000'])(
  'the payload %j stores nothing and breaks nothing',
  async (payload) => {
    const collector = await start({ config: ALL });
    for (const topic of ['tele/x/SENSOR', 'zigbee2mqtt/x'])
      await mosquittoPub(collector.mqttPort, ['-u', 'x', '-P', 'robin', '-q', '1', '-t', topic, '-m', payload]);
    expect((await collector.get('/points/count')).body).toBe(0);
    expect((await collector.get('/health')).body.status).toBe('ok');
  },
);
