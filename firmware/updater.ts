/**
 * Takes a newer firmware over the air, where the chip has room for two:
 *
 *   idle ──offer──▶ loading ──all there, length and SHA-256 right──▶ settling ──no flush half done──▶ restart
 *    ▲                 │ anything wrong: what was written is given up, a pause
 *    └─────────────────┘
 *
 * Until the restart the running image stays the one that starts: a power cut in the middle costs the download. The new
 * image is on trial: it is confirmed by the first batch that the collector takes from it. Without one in time it gives
 * itself up, and a reset before then does the same; the bootloader then starts the old image. An image that was
 * given up twice is not tried again.
 */
import { Backoff } from './backoff.js';
import { isNewer, offerIn, type Offer } from './protocol/offer.js';
import type { Timers } from './timer.js';

/** The room for the other image. */
export interface Slot {
  /** the running image is on trial */
  readonly onTrial: boolean;
  /** The running image is good. */
  confirm(): void;
  /** Starts the image before this one. */
  giveUp(): void;
  /** @throws where an image of that length has no room */
  begin(byteLength: number): void;
  write(bytes: Uint8Array): void;
  /** Makes what was written the image that starts next, on trial. @throws where it isn't one */
  finish(): void;
  /** What was written is worth nothing. */
  abandon(): void;
}

export interface Hash {
  write(bytes: Uint8Array): void;
  /** of all that was written, in hex */
  close(): string;
}

/** Fetches an image; the answer ends it, and nothing is called back after that. May call back at once, and may throw. */
export type Download = (
  name: string,
  heed: { onBytes: (bytes: Uint8Array) => void; onEnd: (whole: boolean) => void },
) => () => void;

/** A few words that outlast a power cut, and so a sleep. */
export interface Notes {
  get(name: string): string | null;
  set(name: string, text: string): void;
}

export interface UpdaterOptions {
  /** what is running */
  version: string;
  slot: Slot;
  sha256: () => Hash;
  download: Download;
  notes: Notes;
  timers: Timers;
  /** ms, Unix time as soon as it is known */
  now: () => number;
  /** from 0 to below 1 */
  random: () => number;
  /** nothing that a restart would tear is under way: a flush of the log */
  settled: () => boolean;
  restart: () => void;
  onTrouble: (error: unknown) => void;
}

/** An image on trial reports in by then, ms. */
const TRIAL_MS = 30 * 60_000;
/** A download on which nothing moves for so long is given up, ms. */
const STALLED_MS = 30_000;
/** However it moves, it is over by then, ms. */
const DOWNLOAD_MS = 15 * 60_000;
/** Between two downloads that failed, ms: from the first pause to the longest. */
const PAUSE_MIN_MS = 10 * 60_000;
const PAUSE_MAX_MS = 24 * 3_600_000;
const SETTLE_MS = 1000;
/** An image is put on trial so often. */
const TRIALS = 2;
/** Notes: `<sha256> <trials>`, and `<sha256> <downloads that failed> <not to be tried before>`. */
const TRIED = 'tried';
const FAILED = 'failed';

export class Updater {
  private readonly options: UpdaterOptions;
  private state: 'idle' | 'loading' | 'settling' = 'idle';
  /** SHA-256 of the image that is being loaded, or was last */
  private loading = '';
  private onTrial = false;
  private cancelTrial = (): void => {};
  private cancel = (): void => {};
  private cancelLimit = (): void => {};
  private endDownload = (): void => {};

  constructor(options: UpdaterOptions) {
    this.options = options;
  }

  /** An image is being loaded or proved, or the running one is: now is no time to sleep. */
  get busy(): boolean {
    return this.onTrial || this.state !== 'idle';
  }

  /** To be called as the firmware starts. */
  open(): void {
    const { slot, timers } = this.options;
    this.onTrial = slot.onTrial;
    if (this.onTrial) this.cancelTrial = timers.after(TRIAL_MS, () => this.whenSettled(() => this.giveUp()));
  }

  /** The collector took a batch, and this is its answer. */
  heed(body: unknown): void {
    if (this.onTrial) this.confirm();
    const offer = offerIn(body);
    if (this.state === 'idle' && offer !== null && this.wants(offer)) this.load(offer);
  }

  /** The network is gone. What was loaded is given up; it is offered again. */
  close(): void {
    if (this.state === 'loading') this.fail(null);
  }

  private confirm(): void {
    this.onTrial = false;
    this.cancelTrial();
    this.options.slot.confirm();
  }

  private giveUp(): void {
    if (!this.onTrial) return;
    // Where there is no image to go back to, this one stays: a device on batteries waits no longer.
    this.onTrial = false;
    this.options.slot.giveUp();
  }

  private wants({ version, sha256 }: Offer): boolean {
    return isNewer(version, this.options.version) && this.trials(sha256) < TRIALS && this.isDue(sha256);
  }

  /** How often this image was put on trial. */
  private trials(sha256: string): number {
    return this.noted(TRIED, sha256)[0] ?? 0;
  }

  /** The pause after a download of this image that failed is over. */
  private isDue(sha256: string): boolean {
    const [, until = 0] = this.noted(FAILED, sha256);
    const left = until - this.options.now();
    // A longer pause than the longest: the clock was set back, or had not been known.
    return left <= 0 || left > PAUSE_MAX_MS;
  }

  /** The numbers that are noted for this image. */
  private noted(name: string, sha256: string): number[] {
    const [own, ...numbers] = (this.options.notes.get(name) ?? '').split(' ');
    return own === sha256 ? numbers.map(Number) : [];
  }

  private load({ name, length, sha256: expected }: Offer): void {
    const { slot, sha256, download, timers } = this.options;
    this.state = 'loading';
    this.loading = expected;
    let loaded = 0;
    let over = false;
    const hash = sha256();
    const end = (error: unknown): void => {
      if (over) return;
      over = true;
      this.cancelLimit();
      if (error !== null) return this.fail(error);
      try {
        if (loaded !== length) throw new Error(`firmware ${name} ended after ${loaded} of ${length} bytes`);
        if (hash.close() !== expected) throw new Error(`firmware ${name} does not match its SHA-256`);
        this.cancel();
        this.settle(expected);
      } catch (wrong) {
        this.fail(wrong);
      }
    };
    this.endDownload = () => {
      over = true;
    };
    try {
      slot.begin(length);
      this.awaitMore(end, name);
      this.cancelLimit = timers.after(DOWNLOAD_MS, () => end(new Error(`firmware ${name} takes too long`)));
      const cancel = download(name, {
        onBytes: (bytes) => {
          if (over) return;
          try {
            loaded += bytes.length;
            if (loaded > length) throw new Error(`firmware ${name} is longer than ${length} bytes`);
            hash.write(bytes);
            slot.write(bytes);
            this.awaitMore(end, name);
          } catch (wrong) {
            end(wrong);
          }
        },
        onEnd: (whole) =>
          end(whole ? null : new Error(`firmware ${name} broke off after ${loaded} of ${length} bytes`)),
      });
      this.endDownload = () => {
        over = true;
        cancel();
      };
      if (this.state !== 'loading') cancel();
    } catch (error) {
      end(error);
    }
  }

  private awaitMore(end: (error: unknown) => void, name: string): void {
    this.cancel();
    this.cancel = this.options.timers.after(STALLED_MS, () => end(new Error(`firmware ${name} does not go on`)));
  }

  private settle(sha256: string): void {
    const { slot, notes, restart } = this.options;
    this.state = 'settling';
    this.whenSettled(() => {
      try {
        slot.finish();
        notes.set(TRIED, `${sha256} ${this.trials(sha256) + 1}`);
        restart();
      } catch (error) {
        this.fail(error);
      }
    });
  }

  /** Waits for the moment at which a restart tears nothing. */
  private whenSettled(step: () => void): void {
    const { settled, timers } = this.options;
    if (settled()) step();
    else timers.after(SETTLE_MS, () => this.whenSettled(step));
  }

  /** `error` null: nobody's fault, and nothing to tell. */
  private fail(error: unknown): void {
    const { slot, onTrouble } = this.options;
    this.cancel();
    this.cancelLimit();
    const endDownload = this.endDownload;
    this.endDownload = () => {};
    this.state = 'idle';
    for (const step of [endDownload, () => slot.abandon(), () => this.pause()]) {
      try {
        step();
      } catch {
        // It had ended; or nothing can be noted, and the next offer is tried.
      }
    }
    if (error !== null) onTrouble(error);
  }

  /** Noted, since a device on batteries begins anew before the next offer: each upload would cost it a download. */
  private pause(): void {
    const { notes, now, random } = this.options;
    const [failures = 0] = this.noted(FAILED, this.loading);
    const pause = new Backoff({ minMs: PAUSE_MIN_MS, maxMs: PAUSE_MAX_MS, random, failures }).next();
    notes.set(FAILED, `${this.loading} ${failures + 1} ${now() + pause}`);
  }
}
