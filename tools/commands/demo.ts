import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Collector } from '../../collector/collector.js';
import { loadConfig, type Config } from '../../collector/config.js';
import { Client } from '../client.js';
import { Command } from '../command.js';
import { endOnSignal } from '../ending.js';
import type { Output } from '../output.js';
import { explained } from './fault.js';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const MINUTE = 60_000;

/** Three devices with a week behind them that wasn't all sunshine, and quick enough to be watched from then on. */
const SCENE = {
  devices: 3,
  probes: 2,
  spanMs: 7 * DAY,
  periodMs: 15 * MINUTE,
  outageMs: 9 * HOUR,
  powerCuts: 3,
  live: { periodMs: 5000 },
};

/** Ports that are tried, from here on. */
const FIRST_PORT = 8080;
const PORTS = 20;

/** `thermowell demo`: everything at once, and nothing of it left behind. */
export function demo(output: Output): Command {
  return new Command('demo', output)
    .description('Run a collector with three simulated devices, a week old and live; Ctrl-C removes all of it')
    .examples(['demo', 'then open the address that it says'])
    .action(async () => {
      const ending = endOnSignal();
      const folder = await mkdtemp(join(tmpdir(), 'thermowell-demo-'));
      try {
        await explained(() => play(output, folder, ending));
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    });
}

async function play(output: Output, folder: string, ending: AbortSignal): Promise<void> {
  const { createFirstUser, welcome } = await import('../../collector/welcome.js');
  const { overHttp } = await import('../simulator/http-exchange.js');
  const { runSimulation } = await import('../simulator/simulation.js');
  const token = (await createFirstUser(join(folder, 'users.json')))!;
  const { collector, config } = await openOnFreePort(output, folder);
  const progress = output.progress('a week goes by');
  try {
    output.talk(welcome(collector, config, token));
    const url = new URL(collector.url);
    const client = new Client(url, token);
    const { taken, stored, lost } = await runSimulation(
      { ...SCENE, transport: overHttp(url, token), collector: client, signal: ending },
      {
        onProgress: (fraction, taken) => progress.update(fraction, `${taken.toLocaleString('en')} readings`),
        onLive: async (places) => {
          progress.end();
          for (const { id, device_id, desc } of await client.series()) {
            const place = places[device_id]?.[desc ?? ''];
            if (place !== undefined) await client.patchSeries(id, { desc: place });
          }
          output.say('Three devices are a week old and live from now on. Ctrl-C ends the demo and removes its data.');
        },
      },
    );
    output.say(`${taken.toLocaleString('en')} readings taken, ${stored.toLocaleString('en')} stored, ${lost} lost.`);
  } finally {
    progress.end();
    await collector.close();
  }
}

async function openOnFreePort(output: Output, data: string): Promise<{ collector: Collector; config: Config }> {
  const { openCollector } = await import('../../collector/collector.js');
  const log = { write: (line: string) => output.talk(line) };
  for (let port = FIRST_PORT; ; port++) {
    // not the environment: a demo must not touch a real collector's folder
    const config = loadConfig({ data, port: String(port), logLevel: 'warn', mqtt: false, mdns: false }, {});
    try {
      return { collector: await openCollector(config, { log }), config };
    } catch (error) {
      const inUse = error instanceof Error && (error.cause as NodeJS.ErrnoException | undefined)?.code === 'EADDRINUSE';
      if (!inUse || port === FIRST_PORT + PORTS - 1) throw error;
    }
  }
}
