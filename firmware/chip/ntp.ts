/** The time from an NTP server, over the SDK's `sntp`. */
import SNTP from 'sntp';

/** Asks once; calls back once, with Unix ms, or null where no server answered within its five tries. */
export function askTime(host: string, done: (now: number | null) => void): void {
  void new SNTP({ host }, (message, value) => {
    if (message === SNTP.time) done(value! * 1000);
    else if (message === SNTP.error) done(null);
  });
}
