/** Debian's own clients against our broker: what a maker types in a shell. */
import { describe, expect, test } from 'vitest';
import { MQTT, start } from '../running.js';
import { batch, BATCH, REPLY, T0 } from './devices.js';
import { missing, mosquittoPub, Subscriber } from './mosquitto.js';

const lacks = missing();
if (lacks !== null) process.stderr.write(`left out: tests with Mosquitto's clients, which need ${lacks}\n`);

const ROBIN = ['-u', 'any', '-P', 'robin', '-q', '1'];

describe.skipIf(lacks !== null)('mosquitto_pub and mosquitto_sub', () => {
  test('a point and a batch are stored, the answer arrives on reply', async () => {
    const collector = await start({ config: MQTT });
    const port = collector.mqttPort;
    const listener = await Subscriber.open(port, ['-t', 'thermowell/#']);
    expect((await mosquittoPub(port, [...ROBIN, '-t', 'thermowell/dev/point', '-m', '21.5'])).code).toBe(0);
    const text = JSON.stringify(batch(0, 60, T0));
    expect((await mosquittoPub(port, [...ROBIN, '-t', BATCH, '-m', text])).code).toBe(0);
    await expect.poll(() => listener.on(REPLY).length).toBe(1);
    expect(JSON.parse(listener.on(REPLY)[0]!)).toMatchObject({ status: 201, log: 'log', next: 60, stored: 60 });
    expect(listener.on('thermowell/dev/point')).toEqual(['21.5']);
    expect(listener.on('thermowell/collector/status')).toEqual(['online']);
    expect((await collector.get('/points/count')).body).toBe(61);
  });

  test('are told what is wrong: an unknown token, a topic that is not theirs', async () => {
    const { mqttPort } = await start({ config: MQTT });
    const stranger = await mosquittoPub(mqttPort, ['-u', 'any', '-P', 'nobody', '-t', 'x', '-m', '1']);
    expect(stranger).toMatchObject({ code: 4, stderr: expect.stringContaining('bad user name or password') });
    const reserved = await mosquittoPub(mqttPort, [...ROBIN, '-t', REPLY, '-m', '1']);
    expect(reserved.stderr).toContain('connection was lost');
  });

  test('keep each other’s retained messages and wills', async () => {
    const { mqttPort } = await start({ config: MQTT });
    await mosquittoPub(mqttPort, [...ROBIN, '-r', '-t', 'home/door', '-m', 'open']);
    const will = ['--will-topic', 'home/will', '--will-payload', 'gone'];
    const mortal = await Subscriber.open(mqttPort, [...ROBIN, '-t', 'home/door', ...will]);
    await expect.poll(() => mortal.on('home/door')).toEqual(['open']);
    const listener = await Subscriber.open(mqttPort, ['-t', 'home/#']);
    mortal.kill();
    await expect.poll(() => listener.on('home/will')).toEqual(['gone']);
  });

  test('MQTT 5 is refused as the standard says, so that clients fall back to 3.1.1', async () => {
    const { mqttPort } = await start({ config: MQTT });
    const { code, stderr } = await mosquittoPub(mqttPort, [...ROBIN, '-V', 'mqttv5', '-t', 'home/x', '-m', '1']);
    expect([code, stderr]).toEqual([expect.any(Number), expect.stringMatching(/protocol/i)]);
    expect((await mosquittoPub(mqttPort, [...ROBIN, '-V', 'mqttv31', '-t', 'home/x', '-m', '1'])).code).toBe(0);
  });
});
