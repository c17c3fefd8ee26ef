/** Puts readings of the log into batches, as text for the uplink. */
import type { Clock } from './clock.js';
import type { Log } from './log.js';
import type { Batch, Status } from './protocol/batch.js';
import { encodeBatch } from './protocol/body.js';
import type { Slice } from './slice.js';

export interface BatcherOptions {
  device_id: string;
  device_desc?: string;
  /** goes into the body: HTTP; leave out where the uplink proves who it is by other means */
  token?: string;
  /** longest body wished for, characters; a single reading is sent whatever its length. ESP8266: 1500 */
  maxBytes?: number;
  /** what the device says of itself, asked for each batch; `waiting`, the readings left behind by it, is added */
  status?: () => Status;
}

/** A batch ready to be sent. */
export interface Parcel {
  log: string;
  /** number of the first reading */
  first: number;
  /** readings; 0 only asks for `next` and `now` */
  count: number;
  body: string;
}

/** Characters that a value takes at least, or nearly so: more of them than fit aren't read, for which memory may be short. */
const VALUE = 6;

export class Batcher {
  private readonly log: Log;
  private readonly clock: Clock;
  private readonly options: BatcherOptions;

  constructor(log: Log, clock: Clock, options: BatcherOptions) {
    this.log = log;
    this.clock = clock;
    this.options = options;
  }

  /** At most `max` readings from number `from` on; null where there is none, 'undated' where the time is missing. */
  next(from: number, max: number): Parcel | 'undated' | null {
    const { maxBytes = Infinity } = this.options;
    for (let count = max; ;) {
      const slice = this.log.read(from, count, maxBytes / VALUE);
      if (!slice) return null;
      if (!slice.dated) return 'undated';
      // Where numbers are missing from `from` on, they are gone: the collector isn't to wait for them.
      const parcel = this.pack(slice, slice.first === from ? this.log.oldest : slice.first);
      if (parcel.body.length <= maxBytes || parcel.count === 1) return parcel;
      count = Math.max(1, Math.min(parcel.count - 1, Math.floor((parcel.count * maxBytes) / parcel.body.length)));
    }
  }

  /** Without readings: brings `next` and `now`. */
  question(): Parcel {
    const { oldest } = this.log;
    const { clock } = this.clock.now();
    return this.pack({ first: oldest, clock, estimated: false, time: [], sensors: {} }, oldest);
  }

  private pack({ first, clock, estimated, time, sensors }: Omit<Slice, 'dated'>, oldest: number): Parcel {
    const { device_id, device_desc, token, status } = this.options;
    const log = this.log.id;
    const batch: Batch = { device_id, log, first, oldest, clock, estimated, time, sensors };
    if (device_desc !== undefined) batch.device_desc = device_desc;
    if (clock === 'uptime') batch.now = this.clock.uptime;
    else if (this.clock.known) batch.now = this.clock.now().time;
    if (status) batch.status = { ...status(), waiting: this.log.pending - time.length };
    return { log, first, count: time.length, body: encodeBatch(batch, token) };
  }
}
