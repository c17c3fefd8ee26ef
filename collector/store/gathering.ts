/**
 * Whether the journal's next group waits for more. Clients that wait for their answers come back together, a moment after
 * a group was answered. Without a wait the first of them has a sync for itself, the others wait for that one and then for
 * theirs: two syncs where one would do. So a group waits until as many are there as wrote last time, as long as they keep
 * coming. A writer alone never waits, and where waiting was in vain it is tried less and less often.
 */

/** Within this the next one comes, ms: what a client takes for a request, or where syncs are slow a part of one. */
const LEAST = 1;
const MOST = 10;
const OF_A_SYNC = 1 / 4;

/** All of them come within so many times that, or are not waited for. */
const MOMENTS = 4;

/** Groups that don't wait after one that waited in vain, at most. */
const REST = 64;

export class Gathering {
  readonly #now: () => number;
  #expected = 1;
  #moment = LEAST;
  /** when the last group was answered */
  #answered = Number.NEGATIVE_INFINITY;
  /** when somebody came last, while there is a wait */
  #came = 0;
  /** groups that don't wait, and how many after the next wait in vain */
  #rest = 0;
  #nextRest = 1;
  #complete: (() => void) | null = null;

  /** `now`: ms, on a clock that is never set back. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** A group is answered: `written` were in it, `arrived` came while it was on its way; a sync takes `syncMs`. */
  answered(written: number, arrived: number, syncMs: number): void {
    this.#expected = written + arrived;
    this.#moment = Math.min(Math.max(syncMs * OF_A_SYNC, LEAST), MOST);
    this.#answered = this.#now();
  }

  /** Another one came: there are so many now. */
  arrived(present: number): void {
    if (this.#complete === null) return;
    this.#came = this.#now();
    if (this.isComplete(present)) this.#complete();
  }

  /** Whether nobody else is expected where so many are there. */
  isComplete(present: number): boolean {
    return present >= this.#expected;
  }

  /** Whether it makes sense to wait where so many are there. */
  isWorthwhile(present: number): boolean {
    if (this.isComplete(present) || this.#now() >= this.#answered + this.#moment) return false;
    if (this.#rest === 0) return true;
    this.#rest--;
    return false;
  }

  /** Waits for those who are expected. */
  async wait(): Promise<void> {
    const all = await new Promise<boolean>((resolve) => {
      let timer: NodeJS.Timeout;
      const look = (): void => {
        const until = Math.min(this.#came + this.#moment, this.#answered + MOMENTS * this.#moment);
        const left = until - this.#now();
        if (left > 0) timer = setTimeout(look, left);
        else resolve(false);
      };
      this.#complete = () => {
        clearTimeout(timer);
        resolve(true);
      };
      this.#came = this.#now();
      look();
    });
    this.#complete = null;
    this.#nextRest = all ? 1 : Math.min(this.#nextRest * 2, REST);
    this.#rest = all ? 0 : this.#nextRest;
  }
}
