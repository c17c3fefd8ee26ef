/**
 * Ships the log to the collector and forgets what has arrived: a state machine over the answers of protocol.md §3.
 *
 *            nudge                    answer
 *   idle ───────────▶ sending ─────────────────▶ sending   more to send
 *    ▲                   │ ▲                  ├▶ idle      nothing left
 *    └───────────────────┘ └──── waiting ◀────┘            nothing gained by it: a pause first
 *
 * One batch is in flight. The first thing that a boot says is a question: flash may have lost readings that the collector
 * knows, and the boot have given their numbers to others. Readings are forgotten by the `next` of a 2xx only; after `next`
 * in a 409 or 400 it goes on there, and an empty batch in the end brings the 2xx. Every try that gains nothing is followed
 * by a pause, so that no answer, however odd, makes it spin. Nothing is ever thrown out of it.
 */
import { Backoff } from './backoff.js';
import { Batcher, type BatcherOptions, type Parcel } from './batcher.js';
import type { Clock } from './clock.js';
import type { Log } from './log.js';
import { HOLD_SECONDS, nowIn, verdict, type Answer, type Verdict } from './protocol/reply.js';
import type { Timers } from './timer.js';
import type { Uplink } from './uplinks/uplink.js';

export interface UploaderOptions extends BatcherOptions {
  log: Log;
  clock: Clock;
  uplink: Uplink;
  timers: Timers;
  /** from 0 to below 1 */
  random: () => number;
  /** readings of a batch; default 60 */
  maxReadings?: number;
  /** sends readings only once the clock is known, which an empty batch asks for first: MQTT, protocol.md §4 */
  askTimeFirst?: boolean;
  /** the pauses between tries grow from this … default 5 s */
  retryMinMs?: number;
  /** … to this; default 15 min */
  retryMaxMs?: number;
  /** an answer that takes longer counts as none; default 2 min (the uplink has a shorter limit of its own) */
  answerMs?: number;
  onEvent?: (event: UploadEvent) => void;
}

export type UploadEvent =
  /** `count` 0: a question */
  | { kind: 'sent'; log: string; first: number; count: number; characters: number }
  | { kind: 'answered'; status: number | null; body: unknown; verdict: Verdict }
  | { kind: 'forgot'; log: string; next: number }
  /** a reading that the collector won't have */
  | { kind: 'skipped'; log: string; number: number }
  /** the log goes on under another name */
  | { kind: 'restarted'; log: string }
  | { kind: 'waiting'; ms: number }
  | { kind: 'idle' }
  /** the log, its flash or an observer threw */
  | { kind: 'failed'; error: unknown };

export type UploaderState = 'closed' | 'idle' | 'sending' | 'waiting';

/** What a question is for. */
type Doubt = 'time' | 'numbers' | 'offset' | 'reading';

/** No `Retry-After` holds for longer, seconds. */
const RETRY_AFTER_MAX = 86_400;

const NO_ANSWER: Answer = Object.freeze({ status: null, body: null });

export class Uploader {
  private readonly options: UploaderOptions;
  private readonly batcher: Batcher;
  private readonly backoff: Backoff;
  private readonly maxReadings: number;
  private doing: UploaderState = 'closed';
  /** readings of the next batch */
  private size: number;
  /** number of the next reading to send */
  private from = 0;
  /** why the next batch is a question */
  private doubt: Doubt | null = null;
  /** the time was asked for since `open`, with nothing else to send */
  private greeted = false;
  private skippedCount = 0;
  /** names the try in flight; what comes for another one is late */
  private try = 0;
  private cancel = (): void => {};

  constructor(options: UploaderOptions) {
    const { log, clock, random, maxReadings = 60, retryMinMs = 5000, retryMaxMs = 900_000 } = options;
    this.options = options;
    this.batcher = new Batcher(log, clock, options);
    this.backoff = new Backoff({ minMs: retryMinMs, maxMs: retryMaxMs, random });
    this.maxReadings = maxReadings;
    this.size = maxReadings;
  }

  get state(): UploaderState {
    return this.doing;
  }

  /** Readings skipped since the start because the collector won't have them. */
  get skipped(): number {
    return this.skippedCount;
  }

  /** Begins to send; the log is open by now. After `close`, or while waiting, begins anew without a pause. */
  open(): void {
    this.close();
    this.from = 0;
    this.doubt = null;
    this.greeted = false;
    this.backoff.reset();
    this.doing = 'idle';
    this.go();
  }

  /** There are new readings. Does nothing while a batch is in flight or a pause lasts. */
  nudge(): void {
    if (this.doing === 'idle') this.go();
  }

  /** Sends nothing more; an answer to what is in flight goes unheard. Doesn't close the uplink. */
  close(): void {
    this.cancel();
    this.try++;
    this.doing = 'closed';
  }

  private go(): void {
    let parcel: Parcel | null;
    try {
      parcel = this.choose();
    } catch (error) {
      return this.fail(error);
    }
    if (parcel) return this.send(parcel);
    this.doing = 'idle';
    this.tell({ kind: 'idle' });
  }

  /** The next batch; null while there is nothing to say. */
  private choose(): Parcel | null {
    const { log, clock, askTimeFirst = false } = this.options;
    if (this.from < log.oldest) {
      this.from = log.oldest;
      if (this.doubt === 'reading') this.doubt = null;
    }
    if (this.doubt === 'reading') return this.batcher.question();
    this.doubt = askTimeFirst && !clock.known ? 'time' : null;
    if (log.doubtful !== null && log.pending > 0) this.doubt ??= 'numbers';
    if (!this.doubt) {
      const parcel = this.batcher.next(this.from, this.size);
      if (parcel === 'undated') this.doubt = 'time';
      else if (parcel) return parcel;
      else if (log.pending > 0) this.doubt = 'offset';
      else if (clock.known || this.greeted) return null;
    }
    this.greeted = true;
    return this.batcher.question();
  }

  private send(parcel: Parcel): void {
    const { uplink, timers, clock, answerMs = 120_000 } = this.options;
    this.doing = 'sending';
    const own = ++this.try;
    const sent = clock.uptime;
    const take = (answer: Answer): void => {
      if (own !== this.try) return;
      this.try++;
      this.cancel();
      try {
        this.take(parcel, answer, clock.uptime - sent);
      } catch (error) {
        this.fail(error);
      }
    };
    this.cancel = timers.after(answerMs, () => take(NO_ANSWER));
    const { log, first, count, body } = parcel;
    this.tell({ kind: 'sent', log, first, count, characters: body.length });
    try {
      uplink.send(body, take);
    } catch {
      take(NO_ANSWER);
    }
  }

  private take(parcel: Parcel, answer: Answer, tookMs: number): void {
    const { clock } = this.options;
    const heard = isAnswer(answer) ? answer : NO_ANSWER;
    const now = nowIn(heard.body);
    if (now !== null) clock.hear(now, 'collector', tookMs);
    const what = verdict(heard, parcel.log);
    this.tell({ kind: 'answered', status: heard.status, body: heard.body, verdict: what });
    if (what.do === 'forget') return this.forget(parcel, what.next);
    if (what.do === 'continue') return this.continue(what.next);
    if (what.do === 'halve') return this.halve(parcel);
    if (what.do === 'hold') return this.hold();
    const retryAfter = Number.isFinite(what.retryAfter) ? Math.min(what.retryAfter, RETRY_AFTER_MAX) : 0;
    return this.pause(Math.max(this.backoff.next(), retryAfter * 1000));
  }

  /** 2xx: everything before `next` has arrived. */
  private forget({ count }: Parcel, next: number): void {
    const { log, clock } = this.options;
    // While some are doubtful no reading was sent: this answers a question, which told the oldest one.
    const known = log.doubtful === null ? log.next : Math.max(log.doubtful, log.oldest);
    if (next > known) return this.restart();
    log.trust();
    const { oldest } = log;
    const { doubt, from } = this;
    this.doubt = null;
    log.acknowledge(next);
    this.from = Math.max(next, log.oldest);
    if (log.oldest > oldest) this.tell({ kind: 'forgot', log: log.id, next });
    if (count > 0) this.size = Math.min(this.size * 2, this.maxReadings);
    else if (doubt === 'reading' && log.oldest === oldest && this.from === from) return this.skip();
    const gained = doubt === 'time' ? clock.known : doubt === 'numbers' || log.oldest > oldest || log.pending === 0;
    return gained ? this.gain() : this.pause(this.backoff.next());
  }

  /** 409, or 400 with `next`: it goes on there; without a pause only if that is forward. */
  private continue(next: number): void {
    const { log } = this.options;
    if (next > log.next) return this.restart();
    const before = this.from;
    this.doubt = null;
    this.from = Math.max(next, log.oldest);
    return this.from > before ? this.gain() : this.pause(this.backoff.next());
  }

  /**
   * 413, or 400 without `next`. Where a single reading is refused, a question finds out whether it is this reading;
   * where a question is refused, it is no reading's fault: nothing is skipped, and somebody has to look after it.
   */
  private halve({ count }: Parcel): void {
    if (count === 0) return this.hold();
    if (count > 1) this.size = Math.floor(count / 2);
    else this.doubt = 'reading';
    return this.later(0);
  }

  /** The collector takes batches, but not this reading. */
  private skip(): void {
    const { log } = this.options;
    const number = this.from;
    log.acknowledge(number + 1);
    this.from = log.oldest;
    this.skippedCount++;
    this.tell({ kind: 'skipped', log: log.id, number });
    return this.gain();
  }

  /** The collector knows numbers that this log hasn't given yet: protocol.md §3 "Numbers". */
  private restart(): void {
    const { log } = this.options;
    log.restart();
    this.from = log.oldest;
    this.doubt = null;
    this.tell({ kind: 'restarted', log: log.id });
    return this.pause(this.backoff.next());
  }

  private gain(): void {
    this.backoff.reset();
    return this.later(0);
  }

  private hold(): void {
    return this.pause(Math.round(HOLD_SECONDS * 1000 * (1 + this.options.random() / 10)));
  }

  private fail(error: unknown): void {
    this.tell({ kind: 'failed', error });
    return this.pause(this.backoff.next());
  }

  private pause(ms: number): void {
    this.tell({ kind: 'waiting', ms });
    return this.later(ms);
  }

  /** Goes on after `ms`, never at once: an uplink may answer while it is still being asked. */
  private later(ms: number): void {
    if (this.doing === 'closed') return;
    this.doing = ms > 0 ? 'waiting' : 'sending';
    this.cancel = this.options.timers.after(ms, () => this.go());
  }

  private tell(event: UploadEvent): void {
    try {
      this.options.onEvent?.(event);
    } catch {
      // An observer's trouble is no reason to lose readings.
    }
  }
}

function isAnswer(answer: unknown): answer is Answer {
  return typeof answer === 'object' && answer !== null;
}
