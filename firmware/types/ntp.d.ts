/** ECMA-419's NTP client; the npm typings lack it. */
declare module 'embedded:network/ntp/client' {
  import type Resolver from 'embedded:network/dns/resolver/udp';
  import type UDP from 'embedded:io/socket/udp';

  export default class NTP {
    constructor(options: { servers: readonly string[]; socket: { io: typeof UDP }; dns: { io: typeof Resolver } });
    /** Asks each server five times, and calls back once: the Unix time, ms, of whole seconds, or an error. */
    getTime(callback: (error: Error | null, time?: number) => void): void;
    close(): void;
  }
}
