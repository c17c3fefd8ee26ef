/** Stands in for `chip/uptime.ts`, where time goes faster, and for the chip's own clock. */
import Time from 'time';
import { openBoard, type Board } from 'firmware/lin/board';

export class Uptime {
  private readonly board = openBoard();
  private readonly start = Time.ticks;
  private readonly speed = this.board.lin_speed();
  private readonly total: number;

  constructor(total = 0) {
    this.total = total;
    startWallClock(this.board);
  }

  now(): number {
    return this.total + (Time.ticks - this.start) * this.speed;
  }
}

/** Never early, though the timer's ticks are whole ms: a probe would still be converting. */
export function ticksFor(ms: number): number {
  return ms <= 0 ? 0 : Math.ceil(ms / openBoard().lin_speed()) + 1;
}

/** As on an ESP32 it shows 1970 when the power comes, and goes on through sleeps and restarts. */
function startWallClock(board: Board): void {
  const speed = board.lin_speed();
  if (Number.isNaN(board.lin_clock())) board.lin_set_clock(-Time.ticks * speed);
  // The built-in one lies in read-only memory, and nothing can be put into it.
  class WallDate extends Date {
    static override now(): number {
      return Math.floor(board.lin_clock() + Time.ticks * speed);
    }
  }
  Object.assign(globalThis, { Date: WallDate });
}
