/**
 * The collector as Home Assistant meets it: a client that subscribes to `homeassistant/#`, then to the state topics it
 * finds there. Debian's mosquitto_sub and mosquitto_pub, against our own broker and against Mosquitto.
 */
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { MQTT, NOW, start, type Running } from '../running.js';
import { BINARY_SENSOR, CONFIG_TOPIC, SENSOR } from './discovery-schema.js';
import { missing, Mosquitto, mosquittoPub, Subscriber } from './mosquitto.js';

const lacking = missing();
if (lacking !== null) process.stderr.write(`Home Assistant tests are left out: ${lacking} is not installed\n`);

const ajv = new Ajv2020({ strict: false });
const validators = { sensor: ajv.compile(SENSOR), binary_sensor: ajv.compile(BINARY_SENSOR) };

const PROBE = 'homeassistant/sensor/thermowell_esp/probe_temp_C/config';
const STATE = 'thermowell/esp/probe/state';

let clock = NOW;

async function startWith(config: Parameters<typeof start>[0] = {}): Promise<Running> {
  clock = NOW;
  return start({ now: () => clock, ...config, config: { ...MQTT, ...config.config } });
}

async function upload(collector: Running, first: number, ages: number[], more: object = {}): Promise<void> {
  const times = ages.map((age) => clock - age);
  const time = times.map((t, i) => (i === 0 ? t : t - times[i - 1]!));
  const sensors = { probe: { temp_C: ages.map((_, i) => 20 + first + i) } };
  const batch = {
    token: 'robin',
    device_id: 'esp',
    device_desc: 'Cellar',
    log: 'a',
    first,
    clock: 'unix',
    time,
    sensors,
  };
  const { status } = await collector.put('/batch/new', { ...batch, ...more });
  expect(status).toBe(201);
}

/** The newest message on a topic, parsed; waits until it is as wanted. */
async function newest(subscriber: Subscriber, topic: string, wanted: object | null): Promise<void> {
  await expect
    .poll(() => JSON.parse(subscriber.on(topic).at(-1)?.replace('(null)', 'null') ?? '"nothing"'))
    .toEqual(wanted === null ? null : expect.objectContaining(wanted));
}

/** Everything under the prefix, as a new subscriber gets it, each checked against Home Assistant's rules. */
async function found(port: number): Promise<string[]> {
  const subscriber = await Subscriber.open(port, [
    '-t',
    'homeassistant/#',
    '-t',
    'thermowell/collector/status',
    '-t',
    'test/end',
  ]);
  await mosquittoPub(port, ['-P', 'robin', '-u', 'x', '-t', 'test/end', '-m', 'end']);
  await expect.poll(() => subscriber.on('test/end')).toEqual(['end']);
  const topics: string[] = [];
  for (const line of subscriber.lines.filter((line) => line.startsWith('homeassistant/'))) {
    const [topic, payload] = [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)];
    const [, component] = CONFIG_TOPIC.exec(topic) ?? [];
    const valid = validators[component as keyof typeof validators];
    expect(valid(JSON.parse(payload)), `${payload} ${JSON.stringify(valid.errors)}`).toBe(true);
    topics.push(topic);
  }
  return topics.sort();
}

test.skipIf(lacking !== null)(
  'a device appears with its values, is renamed, and goes when its series is deleted',
  async () => {
    const collector = await startWith();
    const ha = await Subscriber.open(collector.mqttPort, ['-t', 'homeassistant/#', '-t', 'thermowell/#']);
    await upload(collector, 0, [60_000, 0]);
    await newest(ha, PROBE, { name: 'probe', state_topic: STATE, unit_of_measurement: '°C', expire_after: 600 });
    await newest(ha, STATE, { time: NOW, temp_C: 21 });
    expect(ha.on('thermowell/collector/status')).toEqual(['online']);
    expect(await found(collector.mqttPort)).toEqual([
      'homeassistant/binary_sensor/thermowell_collector/status/config',
      PROBE,
    ]);

    await collector.call('PATCH', '/series/1', { body: { token: 'robin', desc: 'top shelf' } });
    await newest(ha, PROBE, { name: 'top shelf' });
    clock += 60_000;
    await upload(collector, 2, [0], { sensors: { probe: { temp_C: [null] } } });
    await newest(ha, STATE, { time: clock, temp_C: null });

    await collector.call('DELETE', '/series/1', { body: { token: 'robin' } });
    await newest(ha, PROBE, null);
    await newest(ha, STATE, null);
    expect(await found(collector.mqttPort)).toHaveLength(1);
  },
);

test.skipIf(lacking !== null)(
  'what is late, or dated in the future, is stored, but never told as if it were now',
  async () => {
    const collector = await startWith();
    const ha = await Subscriber.open(collector.mqttPort, ['-t', 'thermowell/#']);
    await upload(collector, 0, [7_200_000, 7_140_000]);
    await upload(collector, 2, [60_000, 0]);
    await newest(ha, STATE, { temp_C: 23 });
    await upload(collector, 4, [30_000]);
    clock += 60_000;
    await upload(collector, 5, [0]);
    await newest(ha, STATE, { temp_C: 25 });
    await upload(collector, 6, [-86_400_000]);
    clock += 60_000;
    await upload(collector, 7, [0]);
    await newest(ha, STATE, { temp_C: 27 });
    expect(ha.on(STATE).map((line) => JSON.parse(line).temp_C)).toEqual([23, 25, 27]);
    expect((await collector.get('/points/count')).body).toBe(8);
  },
);

test.skipIf(lacking !== null)(
  'a value that has grown old is taken off its topic, the next one is there again',
  async () => {
    const collector = await startWith({ heraldTickMs: 20 });
    const ha = await Subscriber.open(collector.mqttPort, ['-t', 'thermowell/#']);
    await upload(collector, 0, [60_000, 0]);
    await newest(ha, STATE, { temp_C: 21 });
    clock += 599_000;
    clock += 2000;
    await newest(ha, STATE, null);
    await upload(collector, 2, [0]);
    await newest(ha, STATE, { temp_C: 22 });
    expect(ha.on(STATE)).toHaveLength(3);
  },
);

test.skipIf(lacking !== null)('a calibration counts, and changing it tells the value anew', async () => {
  const collector = await startWith();
  const ha = await Subscriber.open(collector.mqttPort, ['-t', 'thermowell/#']);
  await upload(collector, 0, [0]);
  await newest(ha, STATE, { temp_C: 20 });
  const calibration = [{ from: NOW - 1000, field: 'temp_C', offset: -0.5 }];
  await collector.call('PATCH', '/series/1', { body: { token: 'robin', calibration } });
  await newest(ha, STATE, { temp_C: 19.5 });
});

test.skipIf(lacking !== null)('all of it is said again when Home Assistant comes online', async () => {
  const collector = await startWith();
  await upload(collector, 0, [0]);
  // told once before, so that what is heard again was said again
  await expect.poll(() => found(collector.mqttPort)).toContain(PROBE);
  const ha = await Subscriber.open(collector.mqttPort, ['-t', 'homeassistant/#', '-t', 'thermowell/#']);
  await newest(ha, STATE, { temp_C: 20 });
  await newest(ha, PROBE, {});
  const before = ha.on(PROBE).length;
  await mosquittoPub(collector.mqttPort, ['-P', 'robin', '-u', 'ha', '-t', 'homeassistant/status', '-m', 'online']);
  await expect.poll(() => ha.on(PROBE).length).toBe(before + 1);
  await expect.poll(() => ha.on(STATE).length).toBeGreaterThan(1);
});

test.skipIf(lacking !== null)('after a restart everything is there again, series filled by hand too', async () => {
  const first = await startWith();
  await upload(first, 0, [3_600_000, 0]);
  const id = await first.series('robin', 'my logger');
  await first.put('/point/new', { token: 'robin', series_id: id, fields: { humidity_pct: 40, note: 'x' } });
  await first.close();
  const again = await start({ folder: first.folder, now: () => clock, config: MQTT });
  const ha = await Subscriber.open(again.mqttPort, ['-t', 'thermowell/#', '-t', 'homeassistant/#']);
  await newest(ha, STATE, { time: NOW, temp_C: 21 });
  await newest(ha, PROBE, { expire_after: 28_800 });
  await expect.poll(() => found(again.mqttPort)).toHaveLength(3);
  const [byHand] = (await found(again.mqttPort)).filter((topic) => topic.includes('series-2'));
  expect(byHand).toMatch(/thermowell_my_logger_[0-9a-f]{8}\/series-2_humidity_pct\/config$/);
});

test.skipIf(lacking !== null)('a damaged file keeps it from nothing that is in others', async () => {
  const first = await startWith();
  const id = await first.series('robin', 'attic');
  await first.put('/point/new', { token: 'robin', series_id: id, fields: { temp_C: 5 } });
  await first.close();
  const [file] = await readdir(join(first.folder, 'bundles'));
  const second = await startWith({ folder: first.folder });
  await upload(second, 0, [60_000, 0]);
  await second.close();
  await writeFile(join(first.folder, 'bundles', file!), 'scratched');
  const collector = await startWith({ folder: first.folder });
  const ha = await Subscriber.open(collector.mqttPort, ['-t', 'homeassistant/#', '-t', 'thermowell/#']);
  await newest(ha, PROBE, { name: 'probe' });
  await newest(ha, STATE, { temp_C: 21 });
});

test.skipIf(lacking !== null)(
  'Home Assistant is told of nothing when it is switched off, the state topics stay',
  async () => {
    const collector = await startWith({ config: { homeAssistant: null } });
    const ha = await Subscriber.open(collector.mqttPort, ['-t', 'thermowell/#']);
    await upload(collector, 0, [0]);
    await newest(ha, STATE, { temp_C: 20 });
    expect(await found(collector.mqttPort)).toEqual([]);
  },
);

test.skipIf(lacking !== null)(
  'an outside broker keeps it; what was deleted meanwhile is cleared at the next connection',
  async () => {
    const broker = await Mosquitto.open();
    const mqtt = {
      broker: 'outside',
      url: new URL(`mqtt://127.0.0.1:${broker.port}`),
      ca: null,
      user: 'Robin',
    } as const;
    const first = await startWith({ config: { mqtt } });
    await upload(first, 0, [0]);
    await upload(first, 0, [0], { device_id: 'pi' });
    const both = [PROBE, 'homeassistant/sensor/thermowell_pi/probe_temp_C/config'];
    await expect.poll(() => found(broker.port)).toEqual(expect.arrayContaining(both));
    await first.close();
    const down = await Subscriber.open(broker.port, ['-t', 'thermowell/collector/status']);
    await expect.poll(() => down.on('thermowell/collector/status').at(-1)).toBe('offline');

    const away = await start({ folder: first.folder, now: () => clock, config: MQTT });
    await away.call('DELETE', '/series/1', { body: { token: 'robin' } });
    await away.close();
    await start({ folder: first.folder, now: () => clock, config: { mqtt } });
    await expect.poll(() => found(broker.port)).not.toContain(PROBE);
    expect(await found(broker.port)).toContain(both[1]);
  },
);
