/** The time from an NTP server, over ECMA-419's client, which knows whole seconds only. */
import NTP from 'embedded:network/ntp/client';
import type { AskTime } from '../time-server.js';
import { dns } from './dns.js';
import { NtpSocket } from './ntp-socket.js';

/** @param uptime ms since the start */
export function ntp(host: string, uptime: () => number): AskTime {
  return (done) => {
    const asked = uptime();
    // As much of UDP as it asks for.
    const client = new NTP({ servers: [host], socket: { io: NtpSocket as never }, dns: dns() });
    client.getTime((error: Error | null, time?: number) => {
      // Somewhere within this second, somewhere between asking (which it may have done five times) and now.
      done(error === null ? { time: time!, tookMs: uptime() - asked + 1000 } : null);
    });
    return () => client.close();
  };
}
