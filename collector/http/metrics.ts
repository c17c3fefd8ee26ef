/** `GET /metrics`: Prometheus' text format 0.0.4 (conventions.md). */
import { VERSION } from '../../firmware/protocol/version.js';
import type { Bus } from '../mqtt/bus.js';
import { newestOf } from '../newest.js';
import type { Histogram } from '../store/effort.js';
import { Pauses, WORK } from '../store/pauses.js';
import type { Point, Series } from '../store/store.js';
import { doc } from './doc.js';
import type { Parts, Resource } from './parts.js';

type Labels = Record<string, string | number | null>;
type Sample = [value: number, labels?: Labels];

/** Fields with a unit in their name get a metric of that unit; all others share one. */
const METRIC_OF_FIELD = new Map([
  ['temp_C', 'thermowell_temperature_celsius'],
  ['batt_V', 'thermowell_battery_volts'],
]);
const OTHER_FIELD = 'thermowell_field';

export const metrics: Resource = (app, parts) => {
  app.get('/metrics', { schema: doc.metrics }, async (_request, reply) => {
    const text = collectorMetrics(parts) + (await seriesMetrics(parts));
    return reply.header('content-type', 'text/plain; version=0.0.4; charset=utf-8').send(text);
  });
};

function collectorMetrics({ store, clock, ingest, bus }: Parts): string {
  const { state, points, series, syncs, decoded, damaged, verified, background } = store.health();
  const { counters } = ingest;
  const { user, system } = process.cpuUsage();
  return [
    metric('thermowell_info', 'gauge', 'Version of the collector', [[1, { version: VERSION }]]),
    metric('thermowell_up', 'gauge', '1 while the store takes points', [[state === 'open' ? 1 : 0]]),
    metric('thermowell_clock_trusted', 'gauge', "1 while the collector's clock is believed", [[clock.now() ? 1 : 0]]),
    metric('thermowell_series', 'gauge', 'Series', [[series]]),
    metric('thermowell_points', 'gauge', 'Stored points', [[points]]),
    metric('thermowell_readings_total', 'counter', 'Readings stored since the start', [[counters.readings]]),
    metric('thermowell_plain_points_total', 'counter', 'Plain points stored since the start', [[counters.points]]),
    metric('thermowell_duplicates_total', 'counter', 'Readings and points that came again', [[counters.duplicates]]),
    metric('thermowell_lost_total', 'counter', 'Readings lost on devices', [[counters.lost]]),
    metric('thermowell_quarantined_total', 'counter', 'Readings kept aside', [[counters.quarantined]]),
    metric('thermowell_syncs_total', 'counter', 'Syncs of the journal; points that come together share one', [[syncs]]),
    metric('thermowell_damaged_files', 'gauge', 'Files of the store in which damage was met', [[damaged.length]]),
    metric('thermowell_verified_files_total', 'counter', 'Files read again to see that they are whole', [[verified]]),
    metric('thermowell_decoded_total', 'counter', 'Points decoded to answer since the start', [[decoded]]),
    metric('thermowell_checkpoints_total', 'counter', 'Times the journal was turned into chunks', [
      [background.checkpoints],
    ]),
    histogram('thermowell_background_slice_seconds', 'Slices of work that nobody waits for', background.slices),
    ...mqttMetrics(bus),
    metric('process_cpu_seconds_total', 'counter', 'User and system CPU time', [[(user + system) / 1e6]]),
    metric('process_resident_memory_bytes', 'gauge', 'Resident memory', [[process.memoryUsage.rss()]]),
    metric('process_start_time_seconds', 'gauge', 'Start, Unix time', [[performance.timeOrigin / 1000]]),
  ].join('');
}

function mqttMetrics(bus: Bus | null): string[] {
  if (bus === null) return [];
  const { state, clients, received, refused, deferred } = bus.status();
  const reachable = state === 'listening' || state === 'connected';
  return [
    metric('thermowell_mqtt_up', 'gauge', '1 while devices can reach it by MQTT', [[reachable ? 1 : 0]]),
    metric('thermowell_mqtt_clients', 'gauge', 'MQTT clients connected', clients === null ? [] : [[clients]]),
    metric('thermowell_mqtt_messages_total', 'counter', 'MQTT messages taken', [[received]]),
    metric('thermowell_mqtt_refused_total', 'counter', 'MQTT clients and messages turned away', [[refused]]),
    metric('thermowell_mqtt_deferred_total', 'counter', 'MQTT messages left unacknowledged', [[deferred]]),
  ];
}

async function seriesMetrics({ store }: Parts): Promise<string> {
  const pauses = new Pauses();
  const values = new Map<string, string[]>();
  const name = 'thermowell_last_sample_timestamp_seconds';
  const times: string[] = [];
  for (const series of await store.listSeries()) {
    const point = await pauses.wait(newestOf(store, series.id));
    if (point === undefined) continue;
    times.push(sampleText(name, [point.time / 1000, labelsOf(series)]));
    for (const [name, sample] of fieldSamples(series, point)) {
      const lines = values.get(name);
      if (lines === undefined) values.set(name, [sampleText(name, sample)]);
      else lines.push(sampleText(name, sample));
    }
    await pauses.did(4 * WORK.series);
  }
  const newest = Array.from(values, ([name, lines]) => family(name, 'gauge', 'Newest value of each series', lines));
  return newest.join('') + family(name, 'gauge', 'Time of the newest value of each series', times);
}

function fieldSamples(series: Series, { fields }: Point): [string, Sample][] {
  return Object.entries(fields).flatMap(([field, value]): [string, Sample][] => {
    if (typeof value !== 'number') return [];
    const name = METRIC_OF_FIELD.get(field);
    if (name !== undefined) return [[name, [value, labelsOf(series)]]];
    return [[OTHER_FIELD, [value, { ...labelsOf(series), field }]]];
  });
}

function labelsOf({ id, device_id, sensor, desc }: Series): Labels {
  return { series: id, device_id, sensor, desc };
}

function metric(name: string, type: 'counter' | 'gauge', help: string, samples: Sample[]): string {
  return family(
    name,
    type,
    help,
    samples.map((sample) => sampleText(name, sample)),
  );
}

function histogram(name: string, help: string, { buckets, count, sum }: Histogram): string {
  const lines = [...buckets, ['+Inf', count]].map(([le, n]) => `${name}_bucket{le="${le}"} ${n}\n`);
  return family(name, 'histogram', help, [...lines, `${name}_sum ${sum}\n`, `${name}_count ${count}\n`]);
}

/** All of one metric; nothing where there are no samples. */
function family(name: string, type: 'counter' | 'gauge' | 'histogram', help: string, lines: string[]): string {
  return lines.length === 0 ? '' : `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

function sampleText(name: string, [value, labels]: Sample): string {
  return `${name}${labels === undefined ? '' : labelText(labels)} ${value}\n`;
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).flatMap(([name, value]) =>
    value === null ? [] : [`${name}="${String(value).replace(/[\\"\n]/g, escaped)}"`],
  );
  return `{${pairs.join()}}`;
}

function escaped(character: string): string {
  return character === '\n' ? '\\n' : `\\${character}`;
}
