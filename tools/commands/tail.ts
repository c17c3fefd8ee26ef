import type { PointShape, SeriesShape } from '../../firmware/protocol/rest.js';
import type { Client } from '../client.js';
import { client, Command, integer, seriesIds, type CollectorOptions } from '../command.js';
import { endOnSignal } from '../ending.js';
import { ToolError } from '../exit.js';
import { follow } from '../live.js';
import { showMoment } from '../moment.js';
import type { Output } from '../output.js';
import { fieldsCell } from '../quantity.js';
import { displayWidth, printable } from '../text.js';

interface Options extends CollectorOptions {
  follow?: true;
  lines: number;
  json?: true;
}

/** `thermowell tail [ids...]` */
export function tail(output: Output): Command {
  return new Command('tail', output)
    .argument('[ids...]', 'of the series (default: all)', seriesIds)
    .option('-f, --follow', 'go on with each point as it is stored, until Ctrl-C')
    .option('-n, --lines <n>', 'of each series at first', integer(0), 10)
    .option('--json', 'one JSON object a line, times in UTC')
    .collectorOptions()
    .notes('\nIt comes back by itself when the connection breaks, and misses nothing meanwhile.')
    .examples(
      ['tail', 'the newest ten of each series'],
      ['tail 1 2 -f', 'what two probes say, live'],
      ['tail -f -n 0 --json | jq .fields', 'only what is new, for a script'],
    )
    .action(async (ids: number[], options: Options) => {
      const collector = client(options);
      const printer = new Printer(output, collector, options.json === true);
      await printer.learn(ids);
      if (options.follow) return live(collector, printer, ids, options.lines, output);
      const points = await newest(collector, printer.ids, options.lines);
      if (points.length === 0 && options.lines > 0) output.say('No points yet.');
      await printer.print(points);
    });
}

/** Listens first and looks back then, so that no point falls in between. */
async function live(collector: Client, printer: Printer, ids: number[], lines: number, output: Output): Promise<void> {
  const ending = new AbortController();
  const signal = AbortSignal.any([endOnSignal(), ending.signal]);
  const arrived: PointShape[] = [];
  let take = (point: PointShape): Promise<void> | void => void arrived.push(point);
  const whole = ids.length === 0 ? [null] : ids;
  let connections = 0;
  let announce!: () => void;
  const connected = new Promise<void>((resolve) => (announce = resolve));
  let broken = false;
  const following = Promise.all(
    whole.map((id) =>
      follow(
        collector,
        id,
        {
          point: (point) => take(point),
          connected: () => {
            if (broken) output.say('Connected again.');
            broken = false;
            if (++connections === whole.length) announce();
          },
          lost: (why) => {
            if (!broken) output.warn(`${why.message}; trying again until Ctrl-C`);
            broken = true;
          },
        },
        signal,
      ),
    ),
  ).finally(() => ending.abort());
  try {
    await Promise.race([connected, following]);
    const before = signal.aborted ? [] : await newest(collector, printer.ids, lines);
    const shown = new Set(before.map(({ id }) => id));
    await printer.print(before);
    while (arrived.length > 0) await printer.print(arrived.splice(0).filter(({ id }) => !shown.has(id)));
    take = (point) => printer.print([point]);
    await following;
  } finally {
    ending.abort();
    await following.catch(() => undefined);
  }
}

/** The newest points of each series, oldest first. */
async function newest(collector: Client, ids: number[], limit: number): Promise<PointShape[]> {
  if (limit === 0) return [];
  const points: PointShape[] = [];
  for (const id of ids) points.push(...(await collector.newest(id, limit)));
  return points.sort((a, b) => (a.timestamp < b.timestamp ? -1 : a.timestamp > b.timestamp ? 1 : a.id - b.id));
}

class Printer {
  readonly #output: Output;
  readonly #collector: Client;
  readonly #json: boolean;
  #names = new Map<number, string>();

  constructor(output: Output, collector: Client, json: boolean) {
    this.#output = output;
    this.#collector = collector;
    this.#json = json;
  }

  get ids(): number[] {
    return [...this.#names.keys()];
  }

  /** Reads how the series are called; all when `ids` is empty. @throws ToolError for one that isn't there */
  async learn(ids: number[]): Promise<void> {
    const series = await this.#collector.series();
    const missing = ids.find((id) => !series.some((one) => one.id === id));
    if (missing !== undefined) throw new ToolError('missing', `Series ${missing} doesn't exist`);
    const wanted = series.filter(({ id }) => ids.length === 0 || ids.includes(id));
    const names = wanted.map((one): [number, string] => [one.id, nameOf(one)]);
    const width = Math.max(0, ...names.map(([, name]) => displayWidth(name)));
    this.#names = new Map(names.map(([id, name]) => [id, name + ' '.repeat(width - displayWidth(name))]));
  }

  async print(points: PointShape[]): Promise<void> {
    for (const point of points) {
      if (!this.#names.has(point.series_id)) await this.learn([]);
      await this.#output.line(this.#json ? JSON.stringify(point) : this.#line(point));
    }
  }

  #line({ series_id, timestamp, fields, estimated }: PointShape): string {
    const time = `${estimated === true ? '~' : ' '}${showMoment(Date.parse(timestamp))}`;
    return `${time}  ${this.#names.get(series_id) ?? series_id}  ${fieldsCell(fields)}`;
  }
}

function nameOf({ id, device_id, device_desc, desc }: SeriesShape): string {
  const place = device_desc === '' ? device_id : device_desc;
  return printable(`${id} ${desc === null || desc === '' ? place : `${place}, ${desc}`}`);
}
