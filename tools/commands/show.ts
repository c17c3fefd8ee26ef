import type { Query } from '../client.js';
import { client, Command, integer, moment, mustBeWindow, span, type CollectorOptions } from '../command.js';
import type { Output } from '../output.js';
import { pointTable } from '../point-table.js';
import { nothing, plotInTerminal } from './plot.js';

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
      mustBeWindow(options.from, options.to);
      const collector = client(options);
      const { json, csv, to = Date.now(), last = TWO_DAYS, from = to - last, limit, fields } = options;
      const query: Query = { from, to: options.to, fields, limit, order: limit === undefined ? undefined : 'desc' };
      if (json || csv) return copy(output, collector.points(id, { ...query, format: json ? 'points' : 'csv' }));
      if (options.plot) {
        const asked = options.from !== undefined || options.last !== undefined;
        if (await plotInTerminal(output, collector, id, { from, to, asked, fields })) return;
      } else {
        const { headings, rows } = pointTable(await collector.columns(id, query));
        if (rows.length > 0) return output.table(headings, rows);
      }
      output.say(nothing({ from, to }));
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
