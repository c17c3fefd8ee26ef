/**
 * Whether the journal's next group waits for more. Clients that wait for their answers come back together, a moment after
 * a group was answered. Without a wait the first of them has a sync for itself, the others wait for that one and then for
 * theirs: two syncs where one would do. So a group waits until as many are there as wrote last time, for a moment after
 * the group before at most. A writer alone never waits, and where waiting was in vain it is tried less and less often.
 */

/** The moment, ms: what a client takes for its next request, or where syncs are slow a part of one. */
const LEAST = 1;
const MOST = 10;
const OF_A_SYNC = 1 / 4;

/** Groups that don't wait after one that waited in vain, at most. */
const REST = 64;

export class Gathering {
  readonly #now: () => number;
  #expected = 1;
  /** until when it may be waited */
  #until = Number.NEGATIVE_INFINITY;
  /** groups that don't wait, and how many after the next wait in vain */
  #rest = 0;
  #nextRest = 1;
  #complete: (() => void) | null = null;

  /** `now`: ms, on a clock that is never set back. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** A group is answered: `written` were in it, `arrived` came while it was on its way, which took `ms`. */
  answered(written: number, arrived: number, ms: number): void {
    this.#expected = written + arrived;
    this.#until = this.#now() + Math.min(Math.max(ms * OF_A_SYNC, LEAST), MOST);
  }

  /** Another one came: there are so many now. */
  arrived(present: number): void {
    if (this.#complete !== null && present >= this.#expected) this.#complete();
  }

  /** Whether it makes sense to wait where so many are there. */
  isWorthwhile(present: number): boolean {
    if (present >= this.#expected || this.#now() >= this.#until) return false;
    if (this.#rest === 0) return true;
    this.#rest--;
    return false;
  }

  /** Waits for those who are expected. */
  async wait(): Promise<void> {
    const all = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), this.#until - this.#now());
      this.#complete = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
    this.#complete = null;
    this.#nextRest = all ? 1 : Math.min(this.#nextRest * 2, REST);
    this.#rest = all ? 0 : this.#nextRest;
  }
}
