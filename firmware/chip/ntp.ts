/** The time from an NTP server, over the SDK's `sntp`, which knows whole seconds only. */
import SNTP from 'sntp';
import type { AskTime } from '../time-server.js';

/** @param uptime ms since the start */
export function ntp(host: string, uptime: () => number): AskTime {
  return (done) => {
    let sent = uptime();
    void new SNTP({ host }, (message, seconds) => {
      if (message === SNTP.retry) sent = uptime();
      else if (message === SNTP.error) done(null);
      // Somewhere within this second, somewhere between asking and now.
      else if (message === SNTP.time) done({ time: seconds! * 1000, tookMs: uptime() - sent + 1000 });
    });
  };
}
