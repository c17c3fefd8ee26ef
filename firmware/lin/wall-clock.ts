/**
 * The chip's own clock, by which certificates are valid or not, where time goes faster: as on an ESP32 it shows 1970 when
 * the power comes, and goes on through sleeps and restarts.
 */
import Time from 'time';
import { openBoard } from 'firmware/lin/board';

/** To be called before anything asks for the time. */
export function startWallClock(): void {
  const board = openBoard();
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

/** @param ms Unix time */
export function setWallClock(ms: number): void {
  const board = openBoard();
  board.lin_set_clock(ms - Time.ticks * board.lin_speed());
}
