/**
 * What some chips have and this one hasn't; `esp32/extras.ts` takes the place of this file there. What only that one
 * imports, no other chip gets: set-up, updates, TLS.
 */
import type { PortalOptions } from '../setup/portal.js';
import type { Settings } from '../settings.js';
import type { Notes, Updater, UpdaterOptions } from '../updater.js';
import type { Search } from '../uplinks/search.js';
import type { Trust } from './secure-socket.js';

/** What set-up over an access point of the device's own needs; the networks it finds by itself. */
export type SetupOptions = Omit<PortalOptions, 'networks'> & { name: string; onTrouble: (error: unknown) => void };

/** What updates need beside the room for another image. */
export type UpdateOptions = Omit<UpdaterOptions, 'slot' | 'sha256' | 'download' | 'notes'> & {
  settings: Settings;
  notes: Notes | null;
  /** finds the collector where the settings name none */
  search: Search | null;
};

/** A few words that outlast a power cut; null: no room for any. */
export function openNotes(): Notes | null {
  return null;
}

/** The settings that somebody typed into the device, name → text. */
export function typedSettings(_notes: Notes | null): Readonly<Record<string, string>> {
  return {};
}

/** Makes the device forget them when a button is held. */
export function forgetByButton(_options: Pick<SetupOptions, 'timers' | 'restart'> & { notes: Notes | null }): void {}

/** Waits for somebody to set the device up; false: it can't. */
export function openSetup(_options: SetupOptions): boolean {
  return false;
}

/** What takes a newer firmware over the air; null: there is no room for another, or nobody to ask. */
export function updaterFor(_options: UpdateOptions): Updater | null {
  return null;
}

/** What takes the place of a TCP socket where the other side is trusted by a certificate; null: no TLS. */
export function secureSocket(_trust: Trust): { io: unknown } | null {
  return null;
}

/** Sets the chip's own clock, by which certificates are valid or not. Unix ms. */
export function setSystemTime(_ms: number): void {}
