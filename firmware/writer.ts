/** Puts readings into the newest sector of the ring, and before them what that sector doesn't say yet: boot and run. */
import type { Boot } from './boot.js';
import { columnsFor, type Column } from './column.js';
import { bootAfter } from './dating.js';
import type { Head } from './head.js';
import type { Reading } from './reading.js';
import { checksumOf, encodeBoot, encodeReading, encodeRun, REACH, type ReadingRecord, type Run } from './record.js';
import type { Place, Ring } from './ring.js';

/** Before the first boot that a log knows. */
export const NO_BOOT: Boot = Object.freeze({ number: 0, wall: null, lead: 0, after: null });

export class Writer {
  private readonly ring: Ring;
  private running = NO_BOOT;
  /** the newest sector doesn't know the boot as it is now */
  private due = true;
  /** of what the newest sector says of the boot */
  private checksum = 0;
  /** of the newest reading; null where the next one begins another */
  private run: Run | null = null;
  private columns: readonly Column[] = [];
  /** offsets of the newest boot record and of the newest run, as in a place */
  private bootAt = 0;
  private runAt = 0;

  constructor(ring: Ring) {
    this.ring = ring;
  }

  /** The running boot. */
  get boot(): Boot {
    return this.running;
  }

  /** Where the newest sector says the boot, and the run that the next reading may go on; both as in a place. */
  get mark(): { boot: number; bootAt: number; runAt: number } {
    return { boot: this.running.number, bootAt: this.bootAt, runAt: this.run ? this.runAt : 0 };
  }

  /** Goes on at the newest sector's end; `last` is the newest reading, `goesOn` the number of a boot that does. */
  resume(place: Place, last: ReadingRecord | null, goesOn: number | undefined): void {
    const { boot, bootChecksum, run, bootAt, runAt } = place;
    const same = boot.number === goesOn;
    this.running = same ? boot : bootAfter(boot, last?.run.boot.number === boot.number ? last : null);
    this.due = !same;
    this.checksum = bootChecksum;
    this.run = same ? run : null;
    this.columns = (run ?? last?.run)?.columns ?? [];
    this.bootAt = bootAt;
    this.runAt = runAt;
  }

  /**
   * Begins the next sector.
   * @throws Error where none can be written
   */
  begin(fields: Omit<Head, 'boot' | 'sequence' | 'checksum'>): void {
    this.ring.begin({ ...fields, boot: this.running });
    this.known(this.ring.newest.checksum, 0);
    // A value that asked for a wide form makes its column wide no further than here.
    this.columns = [];
  }

  /**
   * Writes reading `number`; false where the sector doesn't take it.
   * @throws RangeError for a reading that no sector could hold
   */
  write(reading: Reading, number: number): boolean {
    const { clock } = reading;
    const time = Math.round(reading.time);
    const columns = columnsFor(reading.sensors, this.columns);
    const { free } = this.ring.mark;
    let bytes = new Uint8Array(0) as Uint8Array;
    let checksum = this.checksum;
    let { bootAt, runAt } = this;
    if (this.due) {
      bootAt = free;
      bytes = encodeBoot(this.running, this.ring.newest.checksum);
      checksum = checksumOf(bytes);
    }
    let run = this.due ? null : this.run;
    if (run?.clock !== clock || run.columns !== columns || Math.abs(time - run.base) > REACH) {
      const fresh = { clock, base: time, columns };
      const record = encodeRun(fresh, number, checksum);
      runAt = free + bytes.length;
      bytes = join(bytes, record);
      run = { ...fresh, boot: this.running, checksum: checksumOf(record) };
    }
    bytes = join(bytes, encodeReading(reading, number, run));
    if (bytes.length > this.ring.capacity)
      throw new RangeError(`a reading of ${columns.length} fields is more than a sector of the log can hold`);
    if (!this.ring.append(bytes)) return false;
    this.known(checksum, bootAt);
    this.run = run;
    this.runAt = runAt;
    this.columns = columns;
    return true;
  }

  /** Takes the Unix time at uptime 0; false where it must be on flash now, and the sector doesn't take it. */
  markTime(wall: number): boolean {
    const { wall: before } = this.running;
    if (before === wall) return true;
    this.running = { ...this.running, wall };
    // A boot of which nothing is on flash yet, and a correction, can wait for the next reading.
    const urgent = before === null && !this.due;
    this.due = true;
    if (!urgent) return true;
    const { free } = this.ring.mark;
    const bytes = encodeBoot(this.running, this.ring.newest.checksum);
    if (!this.ring.append(bytes)) return false;
    this.known(checksumOf(bytes), free);
    return true;
  }

  /** The newest sector knows the boot, by a record or head of that checksum; a run has to follow. */
  private known(checksum: number, bootAt: number): void {
    this.due = false;
    this.checksum = checksum;
    this.bootAt = bootAt;
    this.run = null;
    this.runAt = 0;
  }
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(a.length + b.length);
  bytes.set(a);
  bytes.set(b, a.length);
  return bytes;
}
