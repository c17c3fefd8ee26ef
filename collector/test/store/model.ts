/** The store as anyone would write it who had no disk to think of: lists, searched from end to end. */
import type { JsonObject } from '../../../firmware/protocol/json.js';
import { sameJson } from './same-json.js';
import type { Ledger, NewPoint, QuarantineUpload, Replay } from '../../store/store.js';
import type { ListedUpload, Seen } from './uploads.js';

interface ModelPoint {
  id: number;
  time: number;
  fields: JsonObject;
  plain: boolean;
  estimated: boolean;
}

interface ModelSeries {
  id: number;
  sensor: string | null;
  device: string;
  added: number;
  points: ModelPoint[];
}

interface ModelEntry {
  body: string;
  device: string;
  log: string;
  length: number;
  /** of its readings, by their place in it, those that are set aside */
  aside: number[];
}

export class Model {
  readonly series: ModelSeries[] = [];
  readonly logs = new Map<string, Ledger & { device: string }>();
  readonly entries: ModelEntry[] = [];
  readonly #newest = new Map<string, number>();
  #made = 0;

  createSeries(device = 'd1', sensor: string | null = null): ModelSeries {
    const series = { id: ++this.#made, sensor, device, added: 0, points: [] };
    this.series.push(series);
    return series;
  }

  deleteSeries(id: number): boolean {
    const index = this.series.findIndex((series) => series.id === id);
    if (index >= 0) this.series.splice(index, 1);
    return index >= 0;
  }

  deletePoint(id: number): boolean {
    for (const { points } of this.series) {
      const index = points.findIndex((point) => point.id === id);
      if (index >= 0) return points.splice(index, 1).length === 1;
    }
    return false;
  }

  addPoints(id: number, points: NewPoint[], once: boolean): { ids: number[]; stored: number; duplicates: number } {
    const series = this.series.find((one) => one.id === id)!;
    const before = series.points.length;
    const ids = points.map(({ time, fields }) => {
      const known = series.points.find((p) => p.plain && p.time === time && sameJson(p.fields, fields));
      return once && known !== undefined
        ? known.id
        : this.#add(series, { time, fields, plain: true, estimated: false });
    });
    const stored = series.points.length - before;
    return { ids, stored, duplicates: points.length - stored };
  }

  /** Reading by reading. */
  addBatch({ batch: { device_id: device, log, first, oldest, time, sensors, estimated } }: ListedUpload): unknown {
    const key = `${device} ${log}`;
    const known = this.logs.get(key);
    const next = known?.next ?? oldest;
    if (time.length === 0) return { kind: 'done', next, stored: 0, duplicates: 0, lost: 0 };
    if (first > next && oldest < first) return { kind: 'gap', next: Math.max(next, oldest) };
    const counts = { before: next, stored: 0, lost: 0, quarantined: 0, duplicates: 0, late: 0 };
    const ledger = known ?? { device, log, next, ...counts };
    this.logs.set(key, ledger);
    const outcome = { kind: 'done', next, stored: 0, duplicates: 0, lost: Math.max(0, first - next) };
    const newest = this.#newest.get(device) ?? 0;
    if (outcome.lost > 0) this.#lose(ledger, outcome.lost, newest, time[0]!);
    for (const [i, t] of time.entries()) {
      if (first + i < next) {
        outcome.duplicates++;
        continue;
      }
      outcome.stored++;
      outcome.next = first + i + 1;
      if (t < newest) ledger.late++;
      this.#newest.set(device, Math.max(this.#newest.get(device) ?? 0, t));
    }
    this.#readings(
      device,
      { time, sensors, estimated },
      time.map((_, i) => i).filter((i) => first + i >= next),
    );
    ledger.next = outcome.next;
    ledger.stored += outcome.stored;
    ledger.duplicates += outcome.duplicates;
    ledger.lost += outcome.lost;
    return outcome;
  }

  quarantine({ device_id: device, log, first, oldest, length, body, received }: QuarantineUpload): unknown {
    const key = `${device} ${log}`;
    const known = this.logs.get(key);
    const next = known?.next ?? oldest;
    if (first > next && oldest < first) return { kind: 'gap', next: Math.max(next, oldest) };
    const counts = { before: next, stored: 0, lost: 0, quarantined: 0, duplicates: 0, late: 0 };
    const ledger = known ?? { device, log, next, ...counts };
    this.logs.set(key, ledger);
    const lost = Math.max(0, first - next);
    if (lost > 0) this.#lose(ledger, lost, this.#newest.get(device) ?? 0, received);
    const aside = Array.from({ length }, (_, i) => i).filter((i) => first + i >= next);
    if (aside.length > 0) this.entries.push({ body, device, log, length, aside });
    ledger.lost += lost;
    ledger.quarantined += aside.length;
    ledger.duplicates += length - aside.length;
    ledger.next = Math.max(next, first + length);
    return { kind: 'done', next: ledger.next, taken: aside.length };
  }

  /** The entry's name is not the model's to know. */
  replay(entry: ModelEntry, replay: Omit<Replay, 'name'>): unknown {
    const { device, log, length, aside } = entry;
    this.entries.splice(this.entries.indexOf(entry), 1);
    const ledger = this.logs.get(`${device} ${log}`)!;
    for (const i of aside) {
      ledger.quarantined--;
      ledger.stored++;
      if (replay.time[i]! < (this.#newest.get(device) ?? 0)) ledger.late++;
    }
    const newest = Math.max(...aside.map((i) => replay.time[i]!));
    this.#newest.set(device, Math.max(this.#newest.get(device) ?? 0, newest));
    this.#readings(device, replay, aside);
    return { next: ledger.next, stored: aside.length, duplicates: length - aside.length };
  }

  drop(entry: ModelEntry): void {
    this.entries.splice(this.entries.indexOf(entry), 1);
    const ledger = this.logs.get(`${entry.device} ${entry.log}`)!;
    ledger.quarantined -= entry.aside.length;
    ledger.lost += entry.aside.length;
  }

  seen(id: number, from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY): Seen[] {
    return this.series
      .find((series) => series.id === id)!
      .points.filter(({ time }) => time >= from && time <= to)
      .sort((a, b) => a.time - b.time || a.id - b.id)
      .map(({ id, time, fields, estimated }) => (estimated ? [id, time, fields, true] : [id, time, fields]));
  }

  #lose(ledger: Ledger, count: number, newest: number, to: number): void {
    const from = newest > 0 && newest <= to ? newest : null;
    ledger.losses = [...(ledger.losses ?? []), { count, from, to }].slice(-50);
  }

  /** Those readings of an upload that are new. */
  #readings(
    device: string,
    { time, sensors, estimated }: Pick<Replay, 'time' | 'sensors' | 'estimated'>,
    taken: number[],
  ) {
    if (taken.length === 0) return;
    for (const [sensor, columns] of Object.entries(sensors)) {
      const series =
        this.series.find((s) => s.sensor === sensor && s.device === device) ?? this.createSeries(device, sensor);
      for (const i of taken) {
        const fields = Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values[i]!]));
        this.#add(series, { time: time[i]!, fields, plain: false, estimated });
      }
    }
  }

  #add(series: ModelSeries, point: Omit<ModelPoint, 'id'>): number {
    const id = ++series.added * 1_000_000 + series.id;
    series.points.push({ id, ...point });
    return id;
  }
}
