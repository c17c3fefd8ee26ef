/** Updates over the air, where the chip has room for another image: fetched from the collector that takes the readings. */
import { Digest } from 'crypt';
import type { Address } from '../address.js';
import { hexOf } from '../protocol/letters.js';
import type { Settings } from '../settings.js';
import { Updater, type Download, type Hash, type Slot } from '../updater.js';
import { downloadFound, downloadFrom } from '../uplinks/download.js';
import type { Search } from '../uplinks/search.js';
import type { UpdateOptions } from './extras.js';
import { connectBy } from './http.js';
import type { Trust } from './secure-socket.js';

/** null: nothing would remember what was tried. */
export function updaterInto(slot: Slot, { settings, notes, search, ...options }: UpdateOptions): Updater | null {
  if (notes === null) return null;
  return new Updater({ ...options, notes, slot, sha256: () => new Sha256(), download: downloadBy(settings, search!) });
}

function downloadBy({ images, certificate, token }: Settings, search: Search): Download {
  const from = (address: Address, trust: Trust | null): Download =>
    downloadFrom({ connect: connectBy(trust), address, token });
  if (images !== null) return from(images, images.secure ? { certificate } : null);
  return downloadFound(search, ({ host, http, tls }) =>
    from({ secure: tls !== null, host, port: http, base: '' }, tls === null ? null : { certificate, name: tls }),
  );
}

class Sha256 implements Hash {
  private readonly digest = new Digest('SHA256');

  write(bytes: Uint8Array): void {
    this.digest.write(new Uint8Array(bytes).buffer);
  }

  close(): string {
    return hexOf(new Uint8Array(this.digest.close()));
  }
}
