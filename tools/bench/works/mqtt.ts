import { drive } from '../drive.js';
import { findMosquitto, Mosquitto } from '../mosquitto.js';
import { MqttConnection } from '../mqtt-connection.js';
import type { Server } from '../server.js';
import type { Stage } from '../stage.js';
import { thermowell, thermowellWithMqtt, TOKEN } from '../thermowell.js';
import { spent, type Usage } from '../usage.js';
import { Walk } from '../walk.js';
import { checkCount, type Figure, type Measured, type Work } from '../work.js';

const NAME = 'mqtt';
/** at so many devices at once, each of which waits for PUBACK */
const DEVICES = [1, 8, 64];
const SIZE = 60;
const program = findMosquitto();

/**
 * Batches over MQTT at QoS 1: PUBACK of our broker means on disk. Mosquitto beside it takes the same messages, syncs
 * nothing and has nobody to pass them on to: what a message costs a broker written in C that promises less.
 */
export const mqtt: Work = {
  name: NAME,
  figures: [
    ...figuresOf(NAME, 'durable'),
    ...(program === null ? [] : figuresOf('mosquitto', 'Mosquitto, not durable')),
  ],
  async round(subject, { stage, ms }) {
    // a database has no MQTT
    if (subject !== thermowell) return {};
    return { ...(await ours(stage, ms)), ...(program === null ? {} : await theirs(stage, ms, program)) };
  },
};

function figuresOf(name: string, promise: string): Figure[] {
  return DEVICES.flatMap((devices): Figure[] => {
    const work = `MQTT, batches of ${SIZE}, ${devices} device${devices === 1 ? '' : 's'}, ${promise}`;
    return [
      { id: `${name}-${devices}.per-cpu-second`, work, unit: 'messages per server CPU second', better: 'more' },
      { id: `${name}-${devices}.per-second`, work, unit: 'messages/s', better: 'more' },
    ];
  });
}

function ours(stage: Stage, ms: number): Promise<Measured> {
  return stage.fresh(thermowellWithMqtt, NAME, async (server) => {
    const port = await portOf(server);
    const { measured, messages } = await measure(NAME, port, ms, () => server.usage());
    const [control] = await server.connect(1);
    await checkCount(thermowell, control!, messages * SIZE);
    return measured;
  });
}

async function theirs(stage: Stage, ms: number, program: string): Promise<Measured> {
  const mosquitto = new Mosquitto(program, stage.place());
  return stage.with(mosquitto, async () => {
    await mosquitto.open();
    return (await measure('mosquitto', mosquitto.port, ms, () => mosquitto.usage())).measured;
  });
}

/** Of a collector: its `/health` says it. */
async function portOf(server: Server): Promise<number> {
  const [control] = await server.connect(1);
  const { mqtt } = JSON.parse(await control!.send({ method: 'GET', path: '/health' })) as { mqtt: { address: string } };
  return Number(new URL(mqtt.address).port);
}

async function measure(
  name: string,
  port: number,
  ms: number,
  usage: () => Usage | null,
): Promise<{ measured: Measured; messages: number }> {
  const measured: Measured = {};
  const walks = Walk.many(Math.max(...DEVICES));
  let messages = 0;
  const next = (lane: number) => publication(walks[lane]!);
  for (const devices of DEVICES) {
    const opening = Array.from({ length: devices }, (_, i) => MqttConnection.open(port, `bench-${i}`, TOKEN));
    const connections = await Promise.all(opening);
    messages += (await drive({ connections, ms: ms / 2, next })).requests;
    const before = usage();
    const { requests, seconds } = await drive({ connections, ms, next });
    const { cpuMs } = spent(before, usage(), requests);
    for (const connection of connections) connection.close();
    messages += requests;
    measured[`${name}-${devices}.per-cpu-second`] = cpuMs === null ? null : 1000 / cpuMs;
    measured[`${name}-${devices}.per-second`] = requests / seconds;
  }
  return { measured, messages };
}

function publication(walk: Walk): { topic: string; payload: string } {
  const { first, time, value } = walk.next(SIZE);
  const device_id = `bench-${walk.number}`;
  const batch = {
    device_id,
    log: 'bench',
    first,
    clock: 'unix',
    time: time.map((t, i) => (i === 0 ? t : t - time[i - 1]!)),
    sensors: { probe: { temp_C: value } },
  };
  return { topic: `thermowell/${device_id}/batch`, payload: JSON.stringify(batch) };
}
