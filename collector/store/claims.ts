/** Spans of time in series to which somebody is adding points that are not in the state yet. */

/** A span, both ends inclusive, ms. */
export class Claim {
  readonly from: number;
  readonly to: number;
  /** those of the same series that overlap it and were there first */
  readonly before: readonly Claim[];
  readonly #waiting: (() => void)[] = [];

  constructor(from: number, to: number, before: readonly Claim[]) {
    this.from = from;
    this.to = to;
    this.before = before;
  }

  /** Waits until it is this one's turn; to be called as soon as it is taken. */
  async turn(): Promise<void> {
    await Promise.all(this.before.map((claim) => new Promise<void>((resolve) => claim.#waiting.push(resolve))));
  }

  /** Lets those go on that wait for it. */
  end(): void {
    for (const resolve of this.#waiting) resolve();
  }
}

export class Claims {
  readonly #series = new Map<number, Claim[]>();

  take(series: number, from: number, to: number): Claim {
    const others = this.#series.get(series);
    const claim = new Claim(from, to, others?.filter((other) => other.from <= to && other.to >= from) ?? []);
    if (others === undefined) this.#series.set(series, [claim]);
    else others.push(claim);
    return claim;
  }

  release(series: number, claim: Claim): void {
    const claims = this.#series.get(series)!;
    if (claims.length === 1) this.#series.delete(series);
    else claims.splice(claims.indexOf(claim), 1);
    claim.end();
  }
}
