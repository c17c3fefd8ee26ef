/** Stands in for `chip/wall-clock.ts`: that of the machine is not to be touched. What asks for the time: uptime.ts. */
import Time from 'time';
import { openBoard } from 'firmware/lin/board';

export function setSystemTime(ms: number): void {
  const board = openBoard();
  board.lin_set_clock(ms - Time.ticks * board.lin_speed());
}
