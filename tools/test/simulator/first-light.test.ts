/** The whole way, with real parts: probe → driver → log → HTTP → collector → disk → REST → compared with the probe. */
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openCollector } from '../../../collector/collector.js';
import { loadConfig } from '../../../collector/config.js';
import { ownPort } from '../../../collector/test/port.js';
import { Client } from '../../client.js';
import { runSimulation, SimulationError, type SimulationOptions } from '../../simulator/simulation.js';
import { overHttp } from '../../simulator/http-exchange.js';
import { TestCollector, TOKEN } from '../collector.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const SEED = process.env['SIMULATION_SEED'] ?? String(Date.now() % 1_000_000);

let collector: TestCollector;

beforeAll(() => void process.stderr.write(`simulated days: SIMULATION_SEED=${SEED}\n`));
beforeEach(async () => {
  collector = await TestCollector.open();
});
afterEach(() => collector.close());

/** Two devices for a day, and what a test wants otherwise. */
function day(options: Partial<SimulationOptions> = {}): SimulationOptions {
  const url = new URL(collector.url);
  return {
    transport: overHttp(url, TOKEN),
    collector: new Client(url),
    devices: 2,
    probes: 2,
    spanMs: 24 * HOUR,
    periodMs: MINUTE,
    seed: SEED,
    ...options,
  };
}

describe('a simulated day on batteries', () => {
  it('has every reading in the collector once, through outages, power cuts and an oscillator that is off by per cents', async () => {
    const finding = await runSimulation(
      day({ battery: { uploadEvery: 30 }, outageMs: 5 * HOUR, powerCuts: 12, lostMessages: 0.05, seed: 'batteries' }),
    );
    expect(finding).toMatchObject({ lost: 0, wrong: 0, powerCuts: 24 });
    expect(finding.stored).toBe(finding.taken);
    expect(finding.taken).toBeGreaterThan(2 * 24 * 60 - 60);
    // It starts with a clock that is off by up to 3 % of the time until it is set again.
    for (const { clockError } of finding.devices) expect(clockError).toBeLessThan(60_000);
  });
});

describe('a simulated day', () => {
  it('has every reading in the collector once, each value as the probe held it, whatever happened on the way', async () => {
    const finding = await runSimulation(
      day({
        outageMs: 5 * HOUR,
        powerCuts: 20,
        lostMessages: 0.05,
        faults: { reversedRoms: true, missed: 0.1, wrongRoms: 0.1, wrongBytes: 0.002 },
      }),
    );
    expect(finding.devices.flatMap(({ faults }) => faults)).toEqual([]);
    expect(finding).toMatchObject({ lost: 0, wrong: 0, estimated: 0, powerCuts: 40 });
    expect(finding.stored).toBe(finding.taken);
    expect(finding.taken).toBeGreaterThan(2 * 24 * 60 - 40 * 3);
    expect(finding.duplicates).toBeGreaterThan(0);
    const known = await new Client(new URL(collector.url)).devices();
    expect(known).toHaveLength(2);
    for (const { device_id, ledger } of known) {
      const { stored } = finding.devices.find((device) => device.device_id === device_id)!;
      expect(ledger).toHaveLength(1);
      expect(ledger[0]).toMatchObject({ before: 0, lost: 0, quarantined: 0, next: stored });
    }
  });

  it('keeps readings of boots that never knew the time, in order, marked as guessed', async () => {
    const finding = await runSimulation(day({ isolated: true, outageMs: 20 * HOUR, powerCuts: 30 }));
    expect(finding.devices.flatMap(({ faults }) => faults)).toEqual([]);
    expect(finding).toMatchObject({ lost: 0, wrong: 0 });
    expect(finding.estimated).toBeGreaterThan(100);
  });

  it('survives a collector that is restarted in the middle of it', async () => {
    const port = String(await ownPort());
    await collector.close();
    collector = await TestCollector.open({ port });
    const options = day({ spanMs: 12 * HOUR });
    const { folder } = collector;
    let restarted: Promise<{ close(): Promise<void> }> | undefined;
    const restart = async () => {
      await collector.stop();
      const config = loadConfig({ host: '127.0.0.1', port, data: folder, logLevel: 'silent', mqtt: false }, {});
      return openCollector(config, { log: process.stderr });
    };
    const finding = await runSimulation(options, {
      onProgress: (fraction) => {
        if (fraction > 0.1) restarted ??= restart();
      },
    });
    expect(restarted).toBeDefined();
    await (await restarted!).close();
    expect(finding).toMatchObject({ lost: 0, wrong: 0 });
  });

  it('can end live: history and present are one log', async () => {
    const ending = new AbortController();
    let taken = 0;
    let history: number | null = null;
    const finding = await runSimulation(
      day({ spanMs: HOUR, uploadMs: 10 * MINUTE, live: { periodMs: 100 }, signal: ending.signal }),
      {
        onLive: () => {
          history = taken;
        },
        onProgress: (_, now) => {
          taken = now;
          if (history !== null && taken >= history + 4) ending.abort();
        },
      },
    );
    // A cycle that was running at the end of the history may have been cut off.
    expect(history).toBeGreaterThanOrEqual(2 * 60);
    expect(finding).toMatchObject({ lost: 0, wrong: 0 });
    expect(finding.taken).toBeGreaterThanOrEqual(2 * 60 + 4);
  });

  it('ends early when asked to, with what was taken by then', async () => {
    const ending = new AbortController();
    const finding = await runSimulation(day({ spanMs: 24 * HOUR, signal: ending.signal }), {
      onProgress: (_, taken) => taken > 0 && ending.abort(),
    });
    expect(finding).toMatchObject({ lost: 0, wrong: 0 });
    expect(finding.taken).toBeLessThan(2 * 24 * 60);
  });
});

describe('the check of a simulated day', () => {
  const hour: Partial<SimulationOptions> = { spanMs: HOUR, devices: 1, probes: 1 };

  /** The collector, but for what a test makes of the columns it answers. */
  function altered(change: (columns: Awaited<ReturnType<Client['columns']>>) => void): Partial<SimulationOptions> {
    const client = new Client(new URL(collector.url));
    const columns: Client['columns'] = async (series, query) => {
      const answer = await client.columns(series, query);
      if (answer.time.length > 5) change(answer);
      return answer;
    };
    return { ...hour, collector: { devices: () => client.devices(), columns } };
  }

  it('notices one value that is a sixteenth of a degree off', async () => {
    const off = altered(({ fields }) => {
      if (fields['temp_C'] !== undefined) (fields['temp_C'][5] as number) += 1 / 16;
    });
    const finding = await runSimulation(day(off));
    expect(finding).toMatchObject({ lost: 0, wrong: 1 });
    expect(finding.devices[0]!.faults[0]).toMatch(/^28-\w{12} temp_C at .* the probe held -?[\d.]+$/);
  });

  it('notices one point that is a millisecond off', async () => {
    const off = altered(({ time, fields }) => {
      if (fields['temp_C'] !== undefined) time[5]! += 1;
    });
    expect(await runSimulation(day(off))).toMatchObject({ lost: 1, wrong: 3 });
  });

  it('ends at once where the token is refused', async () => {
    const run = runSimulation(day({ transport: overHttp(new URL(collector.url), 'nobody') }));
    await expect(run).rejects.toThrow(SimulationError);
    await expect(run).rejects.toMatchObject({ kind: 'denied', message: expect.stringContaining('nobody') });
  });

  it('refuses devices that the collector has already; another collector gets the same ones', async () => {
    const first = await runSimulation(day({ ...hour, seed: 'again' }));
    await expect(runSimulation(day({ ...hour, seed: 'again' }))).rejects.toMatchObject({ kind: 'usage' });
    expect(first.devices[0]!.device_id).toMatch(/^02(:[0-9a-f]{2}){5}$/);
    const other = await TestCollector.open();
    try {
      const url = new URL(other.url);
      const again = await runSimulation({
        ...day({ ...hour, seed: 'again' }),
        transport: overHttp(url, TOKEN),
        collector: new Client(url),
      });
      expect(again.devices[0]!.device_id).toBe(first.devices[0]!.device_id);
      expect(again.devices[0]!.places).toEqual(first.devices[0]!.places);
    } finally {
      await other.close();
    }
  });
});
