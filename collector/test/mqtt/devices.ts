/** MQTT.js as the clients of these tests: devices, listeners, strangers. */
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { expect, onTestFinished } from 'vitest';
import { MQTT, NOW, start, type Options, type Running } from '../running.js';

/** When the first reading was taken, ms. */
export const T0 = NOW - 3_600_000;

/** Of the device `dev`. */
export const BATCH = 'thermowell/dev/batch';
export const REPLY = 'thermowell/dev/reply';

export interface Received {
  topic: string;
  text: string;
  retain: boolean;
  qos: number;
}

/** A connected client, and everything that it was sent. */
export class TestClient {
  readonly mqtt: MqttClient;
  readonly received: Received[] = [];

  private constructor(client: MqttClient) {
    this.mqtt = client;
    client.on('message', (topic, payload, { retain, qos }) => {
      this.received.push({ topic, text: payload.toString(), retain, qos });
    });
    onTestFinished(() => void client.end(true));
    client.setMaxListeners(0);
  }

  /** Connects once. @throws Error with the return code when it is refused */
  static async open(
    port: number,
    password?: string,
    options: IClientOptions & { url?: string } = {},
  ): Promise<TestClient> {
    const { url = `mqtt://127.0.0.1:${port}`, ...more } = options;
    const who = password === undefined ? {} : { username: 'any', password };
    const client = await mqtt.connectAsync(url, { reconnectPeriod: 0, ...who, ...more }, false);
    client.on('error', () => undefined);
    return new TestClient(client);
  }

  async subscribe(...topics: string[]): Promise<number[]> {
    const granted = await this.mqtt.subscribeAsync(topics, { qos: 1 });
    return granted.map(({ qos }) => qos);
  }

  /** Whether PUBACK came; false when the connection was closed instead. */
  async publish(
    topic: string,
    payload: string | Buffer | object,
    qos: 0 | 1 | 2 = 1,
    retain = false,
  ): Promise<boolean> {
    const bytes = typeof payload === 'string' || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload);
    const closed = new Promise<false>((resolve) => this.mqtt.once('close', () => resolve(false)));
    const sent = this.mqtt.publishAsync(topic, bytes, { qos, retain }).then(
      () => true,
      () => false,
    );
    return Promise.race([sent, closed]);
  }

  on(topic: string): string[] {
    return this.received.filter((message) => message.topic === topic).map(({ text }) => text);
  }

  /** The next message on a topic that isn't there yet, parsed. */
  async next(topic: string, after = this.on(topic).length): Promise<any> {
    await expect.poll(() => this.on(topic).length, { interval: 5 }).toBeGreaterThan(after);
    return JSON.parse(this.on(topic)[after]!);
  }
}

/** Readings `first` … of a log, each with its number as the temperature, from `start` (ms) on. */
export function batch(first: number, count: number, start: number, more: object = {}): object {
  const temp_C = Array.from({ length: count }, (_, i) => first + i);
  const time = temp_C.map((n, i) => (i === 0 ? start + n * 1000 : 1000));
  return { log: 'log', first, clock: 'unix', time, sensors: { probe: { temp_C } }, ...more };
}

/** A collector that is a broker, and Robin's device `dev`, which listens to its replies. */
export async function device(options: Options = {}): Promise<{ collector: Running; client: TestClient }> {
  const collector = await start({ ...options, config: { ...MQTT, ...options.config } });
  const client = await TestClient.open(collector.mqttPort, 'robin');
  await client.subscribe(REPLY);
  return { collector, client };
}
