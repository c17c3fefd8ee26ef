/**
 * When was uptime `t` of an earlier boot? Exactly known where that boot learned the time before it ended. Else guessed:
 * the boots that never knew the time are laid end to end, so that the last of them ends as the first boot that knew the
 * time begins; never before the newest time the log had before them, nor after that boot's beginning. Times between
 * readings of one boot are kept.
 */
import type { Boot } from './boot.js';
import type { ReadingRecord } from './record.js';
import type { Place, Ring } from './ring.js';

/**
 * The boot that begins, after the newest one in the log; `last` is that one's newest reading, null where it has none.
 */
export function bootAfter(boot: Boot, last: Pick<ReadingRecord, 'run' | 'time'> | null): Boot {
  const number = boot.number + 1;
  if (last?.run.clock === 'unix') return { number, wall: null, lead: 0, after: last.time };
  const lasted = last ? last.time : 0;
  if (boot.wall === null) return { number, wall: null, lead: boot.lead + lasted, after: boot.after };
  return { number, wall: null, lead: 0, after: last ? boot.wall + lasted : boot.after };
}

/** Uptime `t` was at `min(wall + t, until)`. */
export interface Dating {
  readonly wall: number;
  readonly until: number;
  readonly estimated: boolean;
}

/**
 * The dating of the boot whose reading is just before the place; `now` is the running boot. Null while nothing later
 * in the log, nor the running boot, knows the time.
 */
export function dateBoot(ring: Ring, behind: Place, now: Boot): Dating | null {
  const place = { ...behind };
  const boot = place.run!.boot;
  for (;;) {
    const next = ring.following(place.sequence);
    // A sector between two heads of one boot that both didn't know the time holds nothing that did.
    const silent = next && next.boot.number === boot.number && next.boot.wall === null;
    for (let record = silent ? null : ring.step(place); record; record = ring.step(place)) {
      if (record.kind === 'boot' && record.boot.wall !== null) return judge(boot, record.boot);
      if (record.kind === 'run' && record.run.clock === 'unix' && record.run.boot.number !== boot.number)
        return judge(boot, { ...record.run.boot, wall: record.run.base });
    }
    if (!next) return now.wall === null ? null : judge(boot, now);
    if (next.boot.wall !== null) return judge(boot, next.boot);
    Object.assign(place, ring.enter(next));
  }
}

/** The dating of a boot that didn't know the time, by the first one that does. */
function judge(boot: Boot, witness: Boot): Dating {
  const wall = witness.wall!;
  if (witness.number === boot.number) return { wall, until: Infinity, estimated: false };
  const start = Math.max(wall - witness.lead, boot.after ?? 0);
  return { wall: start + boot.lead, until: wall, estimated: true };
}
