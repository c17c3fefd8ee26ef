import type { Client, Query } from '../client.js';
import { client, Command, integer, moment, span, type CollectorOptions } from '../command.js';
import { showMoment, zoneName } from '../moment.js';
import type { Output } from '../output.js';
import { pointTable } from '../point-table.js';
import { fieldTitle } from '../quantity.js';
import { plotColumns, plotLines, type Curve } from '../terminal-plot.js';

interface ShowOptions extends CollectorOptions {
  json?: true;
  csv?: true;
  plot?: true;
  from?: number;
  to?: number;
  last?: number;
  limit?: number;
  fields?: string;
}

/** The collector's own window where no start is given (seed-contract.md), ms. */
const TWO_DAYS = 2 * 86_400_000;
/** Size of a plot where stdout is no terminal, and its height where it is one with room. */
const PLOT = { columns: 80, rows: 18 };

/** `thermowell show <id>` */
export function show(output: Output): Command {
  return new Command('show', output)
    .description('Show the points of a series: those of the last two days, as a table in local time')
    .argument('<id>', 'the id of a series, as "thermowell list" shows it')
    .exclusive('--json', 'as JSON, one object per point, times in UTC', ['csv', 'plot'])
    .exclusive('--csv', 'as CSV, times in UTC', ['json', 'plot'])
    .exclusive('--plot', 'as a chart', ['json', 'csv', 'limit'])
    .option('--from <moment>', '2026-11-22, "2026-11-22 17:00" (local), 2026-11-22T17:00Z or -6h', moment)
    .option('--to <moment>', 'the same shapes (default: now)', moment)
    .exclusive('--last <span>', 'instead of --from: 90s, 30m, 24h, 7d, 2w or 1y before the end', ['from'], span)
    .option('--limit <n>', 'only the newest n points, newest first', integer(1))
    .option('--fields <names>', 'only these fields, with commas between')
    .collectorOptions()
    .examples(
      ['show 1 --plot --last 7d', 'a week as a chart'],
      ['show 1 --csv --from 2026-11-01 > november.csv', 'for a spreadsheet'],
      ['show 1 --json --limit 1', 'the newest point'],
    )
    .action(async (id: string, options: ShowOptions) => {
      const collector = client(options);
      const { json, csv, to = Date.now(), last = TWO_DAYS, from = to - last, limit, fields } = options;
      const query: Query = { from, to: options.to, fields, limit, order: limit === undefined ? undefined : 'desc' };
      if (json || csv) return copy(output, collector.points(id, { ...query, format: json ? 'points' : 'csv' }));
      if (options.plot) {
        const asked = options.from !== undefined || options.last !== undefined;
        if (await plot(output, collector, id, { ...query, from, to }, asked)) return;
      } else {
        const { headings, rows } = pointTable(await collector.columns(id, query));
        if (rows.length > 0) return output.table(headings, rows);
      }
      output.say(
        `No points from ${showMoment(from)} to ${showMoment(to)}. Further back: --last 30d, --from 2026-01-01.`,
      );
    });
}

async function copy(output: Output, pieces: AsyncIterable<Uint8Array>): Promise<void> {
  let last: number | undefined;
  for await (const piece of pieces) {
    await output.write(piece);
    last = piece.at(-1) ?? last;
  }
  if (last !== undefined && last !== 0x0a) await output.line();
}

/** A chart per field; false when there is nothing to draw. Begins with the first point unless a start was asked for. */
async function plot(
  output: Output,
  collector: Client,
  id: string,
  query: Query & { from: number; to: number },
  asked: boolean,
): Promise<boolean> {
  const oldest = await collector.columns(id, { ...query, limit: 1 });
  const from = asked ? query.from : (oldest.time[0] ?? query.from);
  const width = output.columns ?? PLOT.columns;
  const height = Math.min(PLOT.rows, (output.rows ?? Infinity) - 3);
  const wanted = { ...query, from, buckets: 2 * plotColumns(width), aggregate: 'min,max,mean,count' };
  const { time, fields } = await collector.buckets(id, wanted);
  let drawn = false;
  for (const [field, { min = [], max = [], mean = [], count = [] }] of Object.entries(fields)) {
    const frame = { from, to: query.to, width, height, paint: (text: string) => output.style('cyan', text) };
    const lines = plotLines({ time, min, max }, frame);
    if (lines.length === 0) continue;
    await output.line(`${output.style('bold', fieldTitle(field))}  ${summary({ time, min, max }, mean, count)}`);
    await output.line(lines.join('\n'));
    drawn = true;
  }
  return drawn;
}

function summary({ min, max }: Curve, means: (number | null)[], counts: (number | null)[]): string {
  const points = counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
  const mean = means.reduce<number>((sum, value, i) => sum + (value ?? 0) * (counts[i] ?? 0), 0) / points;
  const lowest = min.reduce<number>((a, b) => Math.min(a, b ?? a), Infinity);
  const highest = max.reduce<number>((a, b) => Math.max(a, b ?? a), -Infinity);
  const [low, middle, high] = [lowest, mean, highest].map((value) => Number(value.toPrecision(4)));
  return `min ${low}  mean ${middle}  max ${high}  ${points.toLocaleString('en')} points  ${zoneName()}`;
}
