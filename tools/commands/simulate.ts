import { integer, mqttUrl, oneOf, span, Command, client, type CollectorOptions } from '../command.js';
import { ToolError } from '../exit.js';
import type { Output } from '../output.js';
import type { Transport } from '../simulator/exchange.js';
import type { Counts, SimulationFinding } from '../simulator/simulation.js';
import type { Heading } from '../table.js';

interface Options extends CollectorOptions {
  devices: number;
  probes: number;
  days?: number;
  period: number;
  upload?: number;
  battery?: true;
  uploadEvery: number;
  outage?: number;
  powerCuts: number;
  seed?: string;
  realtime?: true;
  json?: true;
  transport: 'http' | 'mqtt';
  mqttUrl?: URL;
}

const DAY = 86_400_000;
const DAYS = 7;

const COUNTS: [name: keyof Counts, title: string][] = [
  ['taken', 'taken'],
  ['stored', 'stored'],
  ['duplicates', 'duplicates'],
  ['lost', 'lost'],
  ['points', 'points'],
  ['gaps', 'gaps'],
  ['powerCuts', 'power cuts'],
];

const HEADINGS: Heading[] = [{ title: 'device' }, ...COUNTS.map(([, title]): Heading => ({ title, align: 'right' }))];

const LEGEND = `
In readings, but for the points and gaps, which are values: what the devices' logs took, what the collector has of it,
what arrived more than once, what never will; values found equal to what the probe held; values that are null though the
probe had one.`;

/** `thermowell simulate`: devices in Node, the firmware's own modules, against a running collector. */
export function simulate(output: Output): Command {
  return new Command('simulate', output)
    .description('Simulate devices that upload to a collector, then check that it has every value they measured')
    .collectorOptions('of the user whose devices they are')
    .option('--devices <n>', 'how many', integer(1, 1000), 3)
    .option('--probes <n>', 'of each device', integer(1, 50), 2)
    .option('--days <n>', `of history, which ends now (default: ${DAYS}, with --realtime 0)`, integer(0, 3650))
    .option('--period <seconds>', 'from one reading to the next', integer(1, 86_400), 60)
    .option('--upload <span>', 'from one upload to the next (default: one with each reading)', span)
    .option('--battery', 'they live on batteries: deep sleep between readings, the radio on now and then')
    .option('--upload-every <n>', 'with --battery: readings from one upload to the next', integer(1, 100_000), 60)
    .option('--outage <span>', 'for so long, once, the collector cannot be reached', span)
    .option('--power-cuts <n>', 'of each device, at random instants', integer(0, 100_000), 0)
    .option('--seed <text>', 'the same text, the same devices, curves and chances (default: new ones)')
    .option('--realtime', 'go on live after the history, until Ctrl-C')
    .option('--transport <way>', 'http or mqtt', oneOf(['http', 'mqtt']), 'http')
    .option('--mqtt-url <url>', "the broker (default: the collector's own)", mqttUrl)
    .option('--json', 'the result as JSON')
    .notes(LEGEND)
    .examples(
      ['simulate --days 7 --outage 2d --power-cuts 20', 'the worst week'],
      ['simulate --devices 1 --period 5 --realtime', 'a device to watch'],
      ['simulate --transport mqtt --days 2', "over the collector's own MQTT broker"],
    )
    .action(async (options: Options) => {
      const finding = await run(options, output);
      if (options.json) await output.json(finding);
      else await print(finding, output);
      if (finding.wrong > 0 || finding.lost > 0) throw new ToolError('failure', verdict(finding));
      output.say(verdict(finding));
    });
}

async function run(options: Options, output: Output): Promise<SimulationFinding> {
  const { token, realtime = false, period, upload, outage, seed, battery, uploadEvery } = options;
  if (battery && realtime) throw new ToolError('usage', '--battery is for a history, not for --realtime');
  const days = options.days ?? (realtime ? 0 : DAYS);
  if (days === 0 && !realtime) throw new ToolError('usage', '--days 0 simulates nothing, unless with --realtime');
  if ((outage ?? 0) >= days * DAY && outage !== undefined)
    throw new ToolError('usage', `an outage must be shorter than the ${days} days simulated`);
  if (token === undefined) {
    const hint = 'Give one by --token or THERMOWELL_TOKEN; "thermowell token add" makes one.';
    throw new ToolError('denied', 'devices need a token to upload with', { hint });
  }
  const { runSimulation, SimulationError } = await import('../simulator/simulation.js');
  const progress = output.progress('simulating');
  try {
    return await runSimulation(
      {
        transport: await transportOf(options, token),
        collector: client(options),
        devices: options.devices,
        probes: options.probes,
        spanMs: days * DAY,
        periodMs: period * 1000,
        powerCuts: options.powerCuts,
        signal: endOnInterrupt(),
        ...(upload !== undefined && { uploadMs: upload }),
        ...(battery === true && { battery: { uploadEvery } }),
        ...(outage !== undefined && { outageMs: outage }),
        ...(seed !== undefined && { seed }),
        ...(realtime && { live: { periodMs: period * 1000 } }),
      },
      {
        onProgress: (fraction, taken) => progress.update(fraction, `${count(taken)} readings`),
        onLive: () => {
          progress.end();
          output.say(`${options.devices} devices are live; Ctrl-C ends them.`);
        },
      },
    );
  } catch (error) {
    throw error instanceof SimulationError ? new ToolError(error.kind, error.message, { cause: error }) : error;
  } finally {
    progress.end();
  }
}

/** What isn't used isn't loaded. */
async function transportOf(options: Options, token: string): Promise<Transport> {
  const { transport, url } = options;
  if (transport === 'http' && options.mqttUrl === undefined) {
    const { overHttp } = await import('../simulator/http-exchange.js');
    return overHttp(url, token);
  }
  const { overMqtt } = await import('../simulator/mqtt-exchange.js');
  return overMqtt(options.mqttUrl ?? (await brokerOf(options)), token);
}

/** The collector's own broker as it is reached from here: by TCP, or else by WebSocket. */
async function brokerOf(options: Options): Promise<URL> {
  const { url } = options;
  const mqtt = await client(options).mqtt();
  if (mqtt === null) throw new ToolError('failure', 'the collector runs without MQTT');
  if (mqtt.broker === 'outside') return new URL(mqtt.address);
  const { protocol, port } = new URL(mqtt.address);
  if (mqtt.state === 'listening') return new URL(`${protocol}//${url.hostname}:${port}`);
  const base = url.href.endsWith('/') ? url.href : `${url.href}/`;
  return new URL('mqtt', base.replace(/^http/, 'ws'));
}

async function print(finding: SimulationFinding, output: Output): Promise<void> {
  const rows = finding.devices.map((device) => row(device.device_id, device));
  await output.table(HEADINGS, [...rows, row('total', finding)]);
  for (const { device_id, faults } of finding.devices)
    for (const fault of faults) output.warn(`${device_id}: ${fault}`);
}

function row(name: string, counts: Counts): string[] {
  return [name, ...COUNTS.map(([key]) => count(counts[key]))];
}

function verdict({ taken, lost, points, wrong }: SimulationFinding): string {
  if (wrong > 0)
    return `${count(wrong)} things are not as they were measured; ${count(lost)} of ${count(taken)} readings are missing`;
  if (lost > 0) return `${count(lost)} of ${count(taken)} readings are missing`;
  return `Every reading is there once, and each of the ${count(points)} values is what the probe held.`;
}

/** The first Ctrl-C ends the devices, and what they took is checked; the second ends the process. */
function endOnInterrupt(): AbortSignal {
  const ending = new AbortController();
  process.once('SIGINT', () => ending.abort());
  return ending.signal;
}

function count(n: number): string {
  return n.toLocaleString('en');
}
