/** What some chips have and this one hasn't; `esp32/extras.ts` takes the place of this file there. */
import type { Notes, Slot, UpdaterOptions } from '../updater.js';
import type { PortalOptions } from '../setup/portal.js';

/** What set-up over an access point of the device's own needs; the networks it finds by itself. */
export type SetupOptions = Omit<PortalOptions, 'networks'> & { name: string; onTrouble: (error: unknown) => void };

/** A few words that outlast a power cut; null: no room for any. */
export function openNotes(): Notes | null {
  return null;
}

/** Room for another firmware, and how to tell that it is right; null: none. */
export function openSlot(): { slot: Slot; sha256: UpdaterOptions['sha256'] } | null {
  return null;
}

/** Waits for somebody to set the device up; false: it can't. */
export function openSetup(_options: SetupOptions): boolean {
  return false;
}

/** What takes the place of a TCP socket where the other side is trusted by a certificate; null: no TLS. */
export function secureSocket(_certificate: string): { io: unknown } | null {
  return null;
}

/** Sets the chip's own clock, by which certificates are valid or not. Unix ms. */
export function setSystemTime(_ms: number): void {}

/** The boot button; null: none. */
export function bootButton(): (() => boolean) | null {
  return null;
}
