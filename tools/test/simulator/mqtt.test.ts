import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { certificates } from '../../../collector/test/certificates.js';
import { Client } from '../../client.js';
import { overMqtt } from '../../simulator/mqtt-exchange.js';
import { runSimulation, type SimulationOptions } from '../../simulator/simulation.js';
import { TestCollector, TOKEN } from '../collector.js';
import { thermowell } from '../thermowell.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let collector: TestCollector;

beforeEach(async () => {
  collector = await TestCollector.open({ mqtt: true, mqttPort: '0' });
});
afterEach(() => collector.close());

/** Two devices for a quarter of a day over MQTT, and what a test wants otherwise. */
function quarterDay(options: Partial<SimulationOptions> = {}): SimulationOptions {
  return {
    transport: overMqtt(collector.mqtt, TOKEN),
    collector: new Client(new URL(collector.url)),
    devices: 2,
    probes: 2,
    spanMs: 6 * HOUR,
    periodMs: MINUTE,
    ...options,
  };
}

describe('a simulation over MQTT', () => {
  it('has every reading in the collector once, whatever happened on the way', async () => {
    const finding = await runSimulation(quarterDay({ outageMs: 2 * HOUR, powerCuts: 5, lostMessages: 0.05 }));
    expect(finding.devices.flatMap(({ faults }) => faults)).toEqual([]);
    expect(finding).toMatchObject({ lost: 0, wrong: 0, powerCuts: 10, stored: finding.taken });
    expect(finding.duplicates).toBeGreaterThan(0);
  });

  it('ends at once where the token is refused', async () => {
    const run = runSimulation(quarterDay({ transport: overMqtt(collector.mqtt, 'nobody') }));
    await expect(run).rejects.toMatchObject({ kind: 'denied', message: expect.stringMatching(/password|authorized/) });
  });

  it('is what simulate --transport mqtt runs; the collector says where its broker is', async () => {
    const env = { THERMOWELL_URL: collector.url, THERMOWELL_TOKEN: TOKEN };
    const args = ['simulate', '--transport', 'mqtt', '--days', '1', '--period', '600', '--power-cuts', '2'];
    const { code, stderr } = await thermowell(args, { env });
    expect([code, stderr]).toEqual([0, expect.stringContaining('Every reading is there once')]);
    expect((await new Client(new URL(collector.url)).mqtt())?.received).toBeGreaterThan(3 * 24 * 6 - 10);
  });

  it('goes over WebSocket where the address says so', async () => {
    const ws = new URL(`${collector.url.replace('http', 'ws')}/mqtt`);
    const finding = await runSimulation(quarterDay({ transport: overMqtt(ws, TOKEN), spanMs: HOUR }));
    expect(finding).toMatchObject({ lost: 0, wrong: 0, stored: finding.taken });
  });

  it('speaks TLS where the collector does, once it knows who signed its certificate', async () => {
    const { tlsCert, tlsKey, ca } = await certificates();
    const other = await TestCollector.open({ mqtt: true, mqttPort: '0', tlsCert, tlsKey });
    onTestFinished(() => other.close());
    const env = { THERMOWELL_URL: other.url, THERMOWELL_TOKEN: TOKEN };
    const args = ['simulate', '--transport', 'mqtt', '--days', '1', '--period', '3600', '--devices', '1'];
    const stranger = await thermowell(args, { env });
    expect([stranger.code, stranger.stderr]).toEqual([3, expect.stringContaining('NODE_EXTRA_CA_CERTS=ca.pem')]);
    const file = join(other.folder, 'ca.pem');
    await writeFile(file, ca);
    const { code, stderr } = await thermowell(args, { env: { ...env, NODE_EXTRA_CA_CERTS: file } });
    expect([code, stderr]).toEqual([0, expect.stringContaining('Every reading is there once')]);
  });

  it('says that a collector has no MQTT', async () => {
    const other = await TestCollector.open();
    try {
      const env = { THERMOWELL_URL: other.url, THERMOWELL_TOKEN: TOKEN };
      const { code, stderr } = await thermowell(['simulate', '--transport', 'mqtt'], { env });
      expect([code, stderr]).toEqual([1, expect.stringContaining('without MQTT')]);
    } finally {
      await other.close();
    }
  });
});
