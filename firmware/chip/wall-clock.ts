/** The chip's own clock, by which certificates are valid or not. */
import Time from 'time';

/** @param ms Unix time */
export function setSystemTime(ms: number): void {
  Time.set(Math.round(ms / 1000));
}
