import type { BucketsShape, SeriesShape } from '../../firmware/protocol/rest.js';
import { unitOf } from '../../firmware/protocol/units.js';
import type { Client, Query } from '../client.js';
import { client, Command, integer, moment, mustBeWindow, seriesIds, span, type CollectorOptions } from '../command.js';
import { ToolError } from '../exit.js';
import { showMoment, zoneName } from '../moment.js';
import { NewFile } from '../new-file.js';
import type { Output } from '../output.js';
import { fieldTitle } from '../quantity.js';
import { svgChart, type NamedCurve } from '../svg-chart.js';
import { gapOf, plotColumns, plotLines, type Curve } from '../terminal-plot.js';
import { plural, printable } from '../text.js';

interface Options extends CollectorOptions {
  from?: number;
  to?: number;
  last?: number;
  fields?: string;
  svg?: string;
  png?: string;
  width: number;
  height: number;
  json?: true;
}

/** The collector's own window where no start is given (seed-contract.md), ms. */
const TWO_DAYS = 2 * 86_400_000;

/** Size of a chart where stdout is no terminal, and its height where it is one with room. */
const CHARACTERS = { columns: 80, rows: 18 };

/** Pixels of a PNG for each of the SVG, so that it is sharp on paper and on small screens. */
const SCALE = 2;

/** A window, ms; `asked`: its start was asked for. */
export interface PlotWindow {
  from: number;
  to: number;
  asked: boolean;
  fields?: string | undefined;
}

/** `thermowell plot <ids...>` */
export function plot(output: Output): Command {
  return new Command('plot', output)
    .argument('<ids...>', 'of the series; their curves share a picture, and an axis where they share a unit', seriesIds)
    .option('--from <moment>', '2026-11-22, "2026-11-22 17:00" (local), 2026-11-22T17:00Z or -6h', moment)
    .option('--to <moment>', 'the same shapes (default: now)', moment)
    .exclusive(
      '--last <span>',
      'instead of --from: 90s, 30m, 24h, 7d, 2w or 1y before the end (default: 2d)',
      ['from'],
      span,
    )
    .option('--fields <names>', 'only these fields, with commas between')
    .option('--svg <file>', 'a picture of lines; - is stdout')
    .option('--png <file>', 'a picture of dots; - is stdout')
    .option('--width <px>', 'of the picture; a PNG has twice as many', integer(200, 10_000), 1000)
    .option('--height <px>', 'of the picture', integer(150, 10_000), 420)
    .option('--json', 'what would be drawn as JSON')
    .collectorOptions()
    .notes('\nWhere a point of the curve stands for several, a band shows how far they go. Gaps are left open.')
    .examples(
      ['plot 1 --last 7d', 'a chart in the terminal'],
      ['plot 1 2 3 --last 30d --png cellar.png', 'three curves in a picture'],
    )
    .action(async (ids: number[], options: Options) => {
      mustBeWindow(options.from, options.to);
      const { to = Date.now(), last = TWO_DAYS, from = to - last, fields } = options;
      const asked = options.from !== undefined || options.last !== undefined;
      const window = { from, to, asked, fields };
      const collector = client(options);
      if (options.svg !== undefined || options.png !== undefined || options.json)
        return picture(output, collector, ids, window, options);
      let drawn = false;
      for (const id of ids) {
        if (ids.length > 1) await output.line(output.style('bold', nameOf(await seriesNamed(collector, id))));
        if (await plotInTerminal(output, collector, String(id), window)) drawn = true;
      }
      if (!drawn) output.say(nothing(window));
    });
}

/** What there is to say where nothing can be drawn. */
export function nothing({ from, to }: { from: number; to: number }): string {
  return `No points from ${showMoment(from)} to ${showMoment(to)}. Further back: --last 30d, --from 2026-01-01.`;
}

/** A chart per field; false when there is nothing to draw. */
export async function plotInTerminal(
  output: Output,
  collector: Client,
  id: string,
  window: PlotWindow,
): Promise<boolean> {
  const width = output.columns ?? CHARACTERS.columns;
  const height = Math.min(CHARACTERS.rows, (output.rows ?? Infinity) - 3);
  const { from, buckets } = await read(collector, id, window, 2 * plotColumns(width));
  let drawn = false;
  for (const [field, { min = [], max = [], mean = [], count = [] }] of Object.entries(buckets.fields)) {
    const curve = { time: buckets.time, min, max };
    const paint = (text: string) => output.style('cyan', text);
    const lines = plotLines(curve, { from, to: window.to, width, height, paint });
    if (lines.length === 0) continue;
    await output.line(`${output.style('bold', fieldTitle(field))}  ${summary(curve, mean, count)}`);
    await output.line(lines.join('\n'));
    drawn = true;
  }
  return drawn;
}

async function picture(
  output: Output,
  collector: Client,
  ids: number[],
  window: PlotWindow,
  { svg, png, width, height, json }: Options,
): Promise<void> {
  if (svg === '-' && png === '-') throw new ToolError('usage', 'only one picture can go to stdout');
  const curves: NamedCurve[] = [];
  let from = window.to;
  for (const id of ids) {
    const series = await seriesNamed(collector, id);
    // a bucket for each pixel: more could not be seen
    const found =
      (await exactly(collector, String(id), window, width)) ?? (await read(collector, String(id), window, width));
    from = Math.min(from, found.from);
    curves.push(...curvesOf(series, found.buckets));
  }
  if (json) return output.json({ from, to: window.to, curves });
  if (curves.length === 0) return output.say(nothing(window));
  const text = svgChart(curves, { from, to: window.to, width, height, zone: zoneName() });
  if (svg !== undefined) await put(svg, text, output);
  if (png !== undefined) {
    const { pngOf } = await import('../png.js');
    await put(png, await pngOf(text, SCALE), output);
  }
}

/** What became of each field in equal times; begins with the first point unless a start was asked for. */
async function read(
  collector: Client,
  id: string,
  { from, to, asked, fields }: PlotWindow,
  count: number,
): Promise<{ from: number; buckets: BucketsShape }> {
  const query: Query = { from, to, fields };
  const oldest = asked ? undefined : (await collector.columns(id, { ...query, limit: 1 })).time[0];
  const start = oldest ?? from;
  const wanted = { ...query, from: start, buckets: count, aggregate: 'min,max,mean,count' };
  return { from: start, buckets: await collector.buckets(id, wanted) };
}

/** Each point by itself, so that each gap shows; null where there are more than `count`. */
async function exactly(
  collector: Client,
  id: string,
  { from, to, asked, fields }: PlotWindow,
  count: number,
): Promise<{ from: number; buckets: BucketsShape } | null> {
  const points = await collector.columns(id, { from, to, fields, limit: count + 1 });
  if (points.time.length > count) return null;
  const numbers = Object.entries(points.fields).map(([name, values]): [string, BucketsShape['fields'][string]] => {
    const mean = values.map((value) => (typeof value === 'number' ? value : null));
    return [name, { min: mean, max: mean, mean }];
  });
  const start = asked ? from : (points.time[0] ?? from);
  return { from: start, buckets: { time: points.time, fields: Object.fromEntries(numbers) } };
}

function curvesOf(series: SeriesShape, { time, fields }: BucketsShape): NamedCurve[] {
  const names = Object.keys(fields);
  return names.flatMap((field) => {
    const { min = [], max = [], mean = [] } = fields[field]!;
    if (mean.every((value) => value === null)) return [];
    const name = names.length === 1 ? nameOf(series) : `${nameOf(series)}, ${fieldTitle(field)}`;
    const unit = (names.length === 1 ? series.unit : undefined) ?? unitOf(field);
    const colour = names.length === 1 && series.colour !== undefined ? { colour: series.colour } : {};
    return [{ name, unit: printable(unit), ...colour, time, min, max, mean, gapMs: gapOf(time) }];
  });
}

async function seriesNamed(collector: Client, id: number): Promise<SeriesShape> {
  const found = (await collector.series()).find((series) => series.id === id);
  if (found === undefined) throw new ToolError('missing', `Series ${id} doesn't exist`);
  return found;
}

function nameOf({ device_id, device_desc, desc }: SeriesShape): string {
  const place = device_desc === '' ? device_id : device_desc;
  return printable(desc === null || desc === '' ? place : `${place}, ${desc}`);
}

async function put(file: string, content: string | Uint8Array, output: Output): Promise<void> {
  if (file === '-') return output.write(content);
  const target = await NewFile.open(file);
  try {
    await target.write(content);
    await target.keep();
  } catch (error) {
    await target.drop();
    throw error;
  }
  output.say(`The chart is in ${file}.`);
}

function summary({ min, max }: Curve, means: (number | null)[], counts: (number | null)[]): string {
  const points = counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
  const mean = means.reduce<number>((sum, value, i) => sum + (value ?? 0) * (counts[i] ?? 0), 0) / points;
  const lowest = min.reduce<number>((a, b) => Math.min(a, b ?? a), Infinity);
  const highest = max.reduce<number>((a, b) => Math.max(a, b ?? a), -Infinity);
  const [low, middle, high] = [lowest, mean, highest].map((value) => Number(value.toPrecision(4)));
  return `min ${low}  mean ${middle}  max ${high}  ${plural(points, 'point')}  ${zoneName()}`;
}
