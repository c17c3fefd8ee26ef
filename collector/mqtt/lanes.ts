/**
 * The messages of each device, one after the other, as protocol.md §3 wants batches applied. When one can't be taken now,
 * neither are those that had come behind it: they all come again, in order, and none is taken to say that what was before
 * it is lost.
 */
export class Lanes {
  readonly #lanes = new Map<string, Lane>();

  /** @throws what `work` throws, or that it is behind one that did */
  async take(device_id: string, work: () => Promise<void>): Promise<void> {
    let lane = this.#lanes.get(device_id);
    if (lane === undefined) this.#lanes.set(device_id, (lane = { last: Promise.resolve(), waiting: 0, failed: false }));
    const { last } = lane;
    const mine = this.#after(last, lane, work);
    lane.waiting++;
    lane.last = mine.catch(() => undefined);
    try {
      await mine;
    } finally {
      if (--lane.waiting === 0) this.#lanes.delete(device_id);
    }
  }

  async #after(last: Promise<void>, lane: Lane, work: () => Promise<void>): Promise<void> {
    await last;
    if (lane.failed) throw new Error('behind a message that could not be taken');
    try {
      await work();
    } catch (error) {
      lane.failed = true;
      throw error;
    }
  }
}

interface Lane {
  last: Promise<void>;
  waiting: number;
  failed: boolean;
}
