/**
 * Alarms: rules over series, and messages when one begins or ends. They see every point that reaches the disk, late ones
 * too, so that a freezer that thawed during an outage is told of when the readings come. What has been seen is written
 * down with each message and at the end; after a restart the points since are looked through again.
 */
import type { AlarmShape } from '../../firmware/protocol/rest.js';
import type { CollectorClock } from '../clock.js';
import type { Log } from '../log.js';
import type { Block, Series, Store } from '../store/store.js';
import { see, shapeOf, type Alarm } from './alarm.js';
import type { AlarmFile } from './alarm-file.js';
import { messageOf } from './message.js';
import { Outbox, RETRY, type Retry } from './outbox.js';
import type { Rule } from './rule.js';
import type { Target } from './target.js';
import { NEW_WATCH, pass, type Watch } from './watch.js';

/** How far back is looked, at a start and for a new rule. */
const LOOK_BACK_MS = 7 * 86_400_000;

export interface AlarmsParts {
  store: Store;
  clock: CollectorClock;
  file: AlarmFile;
  targets: readonly Target[];
  log: Log;
  retry?: Retry;
  /** how often is looked for series of which nothing comes, ms */
  tickMs?: number;
}

export class Alarms {
  readonly #store: Store;
  readonly #clock: CollectorClock;
  readonly #file: AlarmFile;
  readonly #log: Log;
  readonly #outbox: Outbox;
  readonly #tickMs: number;
  readonly #alarms = new Map<number, Alarm>();
  /** those for which what there is is being read: they know too little to say anything */
  readonly #reading = new Set<Alarm>();
  #next = 1;
  #awake = 0;
  #tick: NodeJS.Timeout | null = null;
  #leave: (() => void) | null = null;
  #saving: Promise<void> = Promise.resolve();
  #unsaved = false;

  constructor({ store, clock, file, targets, log, retry = RETRY, tickMs = 10_000 }: AlarmsParts) {
    this.#store = store;
    this.#clock = clock;
    this.#file = file;
    this.#log = log;
    this.#tickMs = tickMs;
    this.#outbox = new Outbox(targets, log, () => this.#saveLater(), retry);
  }

  /** @throws StoreError `damaged` when it is the file of the alarms itself */
  async open(): Promise<void> {
    await this.#file.read();
    const { next, alarms, letters } = this.#file.data;
    this.#next = next;
    this.#awake = this.#clock.reading();
    for (const alarm of alarms) this.#alarms.set(alarm.rule.id, alarm);
    this.#outbox.open(letters);
    for (const alarm of alarms)
      await this.#catchUp(alarm).catch((error: Error) =>
        this.#log.warn({}, `alarm ${alarm.rule.id} does not know of what came before: ${error.message}`),
      );
    this.#follow();
    this.#tick = setInterval(() => {
      this.#lookForStale().catch((error: Error) =>
        this.#log.warn({}, `the alarms were not looked at: ${error.message}`),
      );
    }, this.#tickMs);
    this.#tick.unref();
  }

  async close(): Promise<void> {
    if (this.#tick === null) return;
    clearInterval(this.#tick);
    this.#tick = null;
    this.#leave?.();
    await this.#outbox.close();
    await this.#save().catch((error: Error) => this.#log.warn({}, `the alarms were not written: ${error.message}`));
  }

  /** By id. Those of series that are gone are gone. */
  async list(): Promise<AlarmShape[]> {
    await this.#forgetGone();
    return Array.from(this.#alarms.values(), shapeOf);
  }

  alarm(id: number): AlarmShape | undefined {
    const alarm = this.#alarms.get(id);
    return alarm && shapeOf(alarm);
  }

  /** Watches from now on; it may be active at once. Answers, with the id, when that is on disk. */
  async add(rule: Omit<Rule, 'id'>): Promise<number> {
    const id = this.#next++;
    await this.#begin({ id, ...rule });
    return id;
  }

  /** The same alarm with another rule: it forgets what it was. */
  async change(id: number, change: (rule: Rule) => Rule): Promise<AlarmShape> {
    return shapeOf(await this.#begin(change(this.#alarms.get(id)!.rule)));
  }

  /**
   * The values of a series are others now: its alarms are judged anew by what came lately, and what that changes is told.
   * Whether it is stale has nothing to do with values.
   */
  async revise(series_id: number): Promise<void> {
    for (const { rule, watch } of this.#of(series_id)) {
      if (rule.kind === 'stale' || this.#alarms.get(rule.id)?.rule !== rule) continue;
      const alarm = await this.#enforce(rule, watch);
      if (alarm.watch.state !== watch.state) await this.#tellLater(alarm);
    }
  }

  /** What was watched for in series `from` is watched for in `to`, which has its points now. */
  async move(from: number, to: number): Promise<void> {
    for (const { rule, watch } of this.#of(from))
      this.#alarms.set(rule.id, { rule: { ...rule, series_id: to }, watch });
    this.#saveLater();
    await this.revise(to);
  }

  /** False when there was none. */
  async remove(id: number): Promise<boolean> {
    const there = this.#alarms.delete(id);
    this.#follow();
    if (there) await this.#save();
    return there;
  }

  /** Puts a rule in force; only how it stands now is told, not what it would have been. */
  async #begin(rule: Rule): Promise<Alarm> {
    const alarm = await this.#enforce(rule);
    if (alarm.watch.state === 'active') await this.#tellLater(alarm);
    return alarm;
  }

  /** `otherwise`: how it stands when nothing came lately. */
  async #enforce(rule: Rule, otherwise: Watch = NEW_WATCH): Promise<Alarm> {
    const alarm: Alarm = { rule, watch: NEW_WATCH };
    const before = this.#alarms.get(rule.id);
    this.#alarms.set(rule.id, alarm);
    this.#follow();
    this.#reading.add(alarm);
    try {
      await this.#look(alarm, this.#clock.reading() - LOOK_BACK_MS, () => undefined);
      if (alarm.watch.seen === 0) alarm.watch = otherwise;
      await this.#save();
    } catch (error) {
      if (before === undefined) this.#alarms.delete(rule.id);
      else this.#alarms.set(rule.id, before);
      this.#follow();
      throw error;
    } finally {
      this.#reading.delete(alarm);
    }
    return alarm;
  }

  #of(series_id: number): Alarm[] {
    return [...this.#alarms.values()].filter(({ rule }) => rule.series_id === series_id);
  }

  /** Looks through the points since the last look. */
  async #catchUp(alarm: Alarm): Promise<void> {
    const from = Math.max(alarm.watch.seen + 1, this.#clock.reading() - LOOK_BACK_MS);
    const changed: Promise<void>[] = [];
    await this.#look(alarm, from, () => changed.push(this.#tell(alarm)));
    await Promise.all(changed);
    if (changed.length > 0) this.#saveLater();
  }

  async #look(alarm: Alarm, from: number, changed: () => void): Promise<void> {
    if ((await this.#store.series(alarm.rule.series_id)) === undefined) return;
    for await (const block of this.#store.read(alarm.rule.series_id, { from, to: Number.POSITIVE_INFINITY }))
      see(alarm, block, changed);
  }

  #arrived(series: Series, block: Block): void {
    for (const alarm of this.#alarms.values()) {
      if (alarm.rule.series_id !== series.id) continue;
      const changed = (): void => this.#announce(alarm, series);
      see(alarm, block, this.#reading.has(alarm) ? () => undefined : changed);
      this.#pass(alarm, changed);
    }
  }

  async #lookForStale(): Promise<void> {
    await this.#forgetGone();
    const changed: Alarm[] = [];
    for (const alarm of this.#alarms.values()) this.#pass(alarm, () => changed.push(alarm));
    for (const alarm of changed) await this.#tell(alarm);
    if (changed.length > 0) this.#saveLater();
  }

  #pass(alarm: Alarm, changed: () => void): void {
    const now = this.#clock.now();
    const { state } = alarm.watch;
    if (now !== undefined && !this.#reading.has(alarm)) alarm.watch = pass(alarm.rule, alarm.watch, now, this.#awake);
    if (alarm.watch.state !== state) changed();
  }

  async #tellLater(alarm: Alarm): Promise<void> {
    await this.#tell(alarm);
    this.#saveLater();
  }

  async #tell(alarm: Alarm): Promise<void> {
    const shape = shapeOf(alarm);
    const series = await this.#store.series(alarm.rule.series_id);
    if (series !== undefined) this.#outbox.add(messageOf(shape, series, this.#clock.reading(), alarm.measured));
  }

  #announce(alarm: Alarm, series: Series): void {
    this.#outbox.add(messageOf(shapeOf(alarm), series, this.#clock.reading(), alarm.measured));
    this.#saveLater();
  }

  /** Without alarms nobody listens, so that points cost nothing more. */
  #follow(): void {
    if (this.#alarms.size > 0) this.#leave ??= this.#store.subscribe((series, block) => this.#arrived(series, block));
    else {
      this.#leave?.();
      this.#leave = null;
    }
  }

  async #forgetGone(): Promise<void> {
    for (const { rule } of this.#alarms.values())
      if ((await this.#store.series(rule.series_id)) === undefined) await this.remove(rule.id);
  }

  /** A message goes out once it is written down, or can't be. */
  #saveLater(): void {
    if (this.#unsaved) return;
    this.#unsaved = true;
    this.#save()
      .catch((error: Error) => this.#log.warn({}, `the alarms were not written: ${error.message}`))
      .finally(() => this.#outbox.deliver());
  }

  /** One after the other. @throws StoreError `full`, `failed` */
  #save(): Promise<void> {
    const save = async (): Promise<void> => {
      this.#unsaved = false;
      this.#file.data = { next: this.#next, alarms: [...this.#alarms.values()], letters: [...this.#outbox.letters] };
      await this.#file.write();
    };
    const mine = this.#saving.then(save);
    this.#saving = mine.catch(() => undefined);
    return mine;
  }
}
