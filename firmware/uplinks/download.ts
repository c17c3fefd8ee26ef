/** Fetches a firmware image from the collector, on a connection of its own, piece by piece: it has no room in memory. */
import type { Address } from '../address.js';
import type { Download } from '../updater.js';
import { attempt } from './attempt.js';
import type { Connect, HttpClient } from './http.js';
import type { Found, Search } from './search.js';

export interface DownloadOptions {
  connect: Connect;
  /** of the collector */
  address: Address;
  token: string;
}

export function downloadFrom({ connect, address, token }: DownloadOptions): Download {
  return (name, { onBytes, onEnd }) => {
    const { host, port, base } = address;
    let client: HttpClient | null = null;
    let status = 0;
    let over = false;
    const close = (): void => {
      over = true;
      attempt(() => client?.close());
    };
    const end = (whole: boolean): void => {
      if (over) return;
      close();
      onEnd(whole);
    };
    const fail = (): void => end(false);
    client = connect({ host, port, onError: fail });
    if (over) {
      close();
      return close;
    }
    client.request({
      method: 'GET',
      path: `${base}/firmware/${name}`,
      headers: new Map([['authorization', `Bearer ${token}`]]),
      headersMask: [],
      onHeaders(heard) {
        status = heard;
        if (status !== 200) fail();
      },
      onWritable: () => {},
      onReadable(count) {
        attempt(() => {
          const bytes = this.read(count);
          if (!over && bytes !== undefined) onBytes(new Uint8Array(bytes));
        }, fail);
      },
      onDone: (error) => end(error === null && status === 200),
    });
    return close;
  };
}

/** From a collector that nobody named: the one that takes the readings, where that was found, or else one that is looked for. */
export function downloadFound(search: Search, from: (found: Found) => Download): Download {
  return (name, heed) => {
    let end: (() => void) | null = null;
    let over = false;
    const stop = search.look((found) => {
      if (over) return;
      if (found === null) heed.onEnd(false);
      else end = from(found)(name, heed);
    });
    return () => {
      over = true;
      stop();
      end?.();
    };
  };
}
