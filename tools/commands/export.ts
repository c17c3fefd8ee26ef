import type { PointShape, SeriesShape } from '../../firmware/protocol/rest.js';
import { EVER, type Client } from '../client.js';
import { client, Command, moment, mustBeWindow, oneOf, seriesIds, type CollectorOptions } from '../command.js';
import { ToolError } from '../exit.js';
import { fieldsNamed } from '../formats/csv.js';
import { formatOf, FORMATS, writers, type Format } from '../formats/formats.js';
import { plural } from '../text.js';
import { NewFile } from '../new-file.js';
import type { Output } from '../output.js';

interface Options extends CollectorOptions {
  format?: Format;
  out?: string;
  from?: number;
  to?: number;
  raw?: true;
  json?: true;
}

/** Points asked for at a time. */
const PAGE = 10_000;

const LEGEND = `
csv     for spreadsheets: a line of names, then a point a line; gaps are left out
json    one object a line, gaps too: the one to import again
influx  line protocol; gaps are left out, and a text of several lines becomes one

Each line has the device and the description of its series, so that "thermowell import" finds its way.`;

/** `thermowell export [ids...]` */
export function exportPoints(output: Output): Command {
  return new Command('export', output)
    .argument('[ids...]', 'of the series (default: all)', seriesIds)
    .option('--format <format>', `${FORMATS.join(', ')} (default: as the file is called, else csv)`, oneOf(FORMATS))
    .option('-o, --out <file>', 'instead of stdout; it appears when it is complete')
    .option(
      '--from <moment>',
      '2026-11-22, "2026-11-22 17:00" (local), 2026-11-22T17:00Z or -6h (default: all)',
      moment,
    )
    .option('--to <moment>', 'the same shapes', moment)
    .option('--raw', 'the values as they were stored, without calibration')
    .option('--json', 'how much it was as JSON, on stdout; needs --out')
    .collectorOptions()
    .notes(LEGEND)
    .examples(
      ['export -o house.json', 'every point; "thermowell backup" takes all that is known of it'],
      ['export 1 2 --from 2026-11-01 -o november.csv', 'two series for a spreadsheet'],
      ['export 3 --format influx | influx write -b house', 'into InfluxDB'],
    )
    .action(async (ids: number[], options: Options) => {
      if (options.json && options.out === undefined) throw new ToolError('usage', '--json goes with --out');
      mustBeWindow(options.from, options.to);
      const collector = client(options);
      const series = await wanted(collector, ids);
      const format = options.format ?? formatOf(options.out ?? '') ?? 'csv';
      const counted = await write(collector, series, format, options, output);
      if (options.json) await output.json({ series: series.length, ...counted, format, file: options.out });
      else output.say(summary(series.length, counted, options.out));
    });
}

/** A part of a query: which points, and how. */
interface Window {
  from: string | number;
  to: string | number;
  raw?: string;
}

interface Counted {
  points: number;
  /** gaps that the format has no way to say */
  skipped: number;
}

async function write(
  collector: Client,
  series: SeriesShape[],
  format: Format,
  { out, from, to, raw }: Options,
  output: Output,
): Promise<Counted> {
  const window = { from: from ?? EVER.from, to: to ?? EVER.to, ...(raw && { raw: 'true' }) };
  const fields = format === 'csv' ? await fieldNames(collector, series, window) : [];
  const writer = writers[format](fields);
  const file = out === undefined ? null : await NewFile.open(out);
  const put = (text: string) => (file === null ? output.write(text) : file.write(text));
  const progress = output.progress('exporting');
  const total = series.reduce((sum, { count }) => sum + count, 0);
  const counted = { points: 0, skipped: 0 };
  try {
    await put(writer.head);
    for (const { id, device_id, device_desc, desc } of series) {
      const telling = { device_id, device_desc, ...(desc !== null && { desc }) };
      for await (const page of pages(collector, id, window)) {
        const lines = page.map(({ timestamp, fields }) =>
          writer.line({ ...telling, time: Date.parse(timestamp), fields }),
        );
        const kept = lines.filter((line) => line !== '');
        counted.points += kept.length;
        counted.skipped += lines.length - kept.length;
        await put(kept.join(''));
        progress.update(counted.points / total, plural(counted.points, 'point'));
      }
    }
    await file?.keep();
  } catch (error) {
    await file?.drop();
    throw error;
  } finally {
    progress.end();
  }
  return counted;
}

/** All points of a window, by time. Pages follow one another by time, and may repeat those of one instant. */
async function* pages(collector: Client, series: number, { from, ...rest }: Window): AsyncGenerator<PointShape[]> {
  let start = from;
  let limit = PAGE;
  let seen = new Set<number>();
  for (;;) {
    const page = await collector.page(series, { ...rest, from: start, limit });
    const fresh = page.filter(({ id }) => !seen.has(id));
    if (fresh.length > 0) yield fresh;
    if (page.length < limit) return;
    const last = page.at(-1)!.timestamp;
    // so many points of one instant that a page never gets beyond it
    if (Date.parse(last) === start) limit *= 2;
    start = Date.parse(last);
    seen = new Set(page.filter(({ timestamp }) => timestamp === last).map(({ id }) => id));
  }
}

/** The fields that the points of these series have, as the collector's own CSV names them. */
async function fieldNames(collector: Client, series: SeriesShape[], window: Window): Promise<string[]> {
  const names = new Set<string>();
  for (const { id } of series) {
    const decoder = new TextDecoder();
    let text = '';
    for await (const piece of collector.points(String(id), { ...window, format: 'csv' })) {
      text += decoder.decode(piece, { stream: true });
      if (text.includes('\n')) break;
    }
    for (const name of fieldsNamed(text.slice(0, text.indexOf('\n')))) names.add(name);
  }
  return [...names];
}

async function wanted(collector: Client, ids: number[]): Promise<SeriesShape[]> {
  const all = await collector.series();
  const missing = ids.find((id) => !all.some((one) => one.id === id));
  if (missing !== undefined) throw new ToolError('missing', `Series ${missing} doesn't exist`);
  return all.filter(({ id }) => ids.length === 0 || ids.includes(id));
}

function summary(series: number, { points, skipped }: Counted, file: string | undefined): string {
  const gaps = skipped === 0 ? '' : `; ${plural(skipped, 'gap')} left out, which only json can hold`;
  return `${plural(points, 'point')} of ${series} series${file === undefined ? '' : ` in ${file}`}${gaps}.`;
}
