/**
 * Settings that a person typed into the device: one note, JSON, so that they are all there or none. They win over those
 * that were built in.
 */
import { isObject } from '../protocol/json.js';
import type { Notes } from '../updater.js';

const NOTE = 'settings';

/** name → text; empty where nothing was stored, or what was stored can't be read. */
export function readStored(notes: Notes): Record<string, string> {
  const stored: Record<string, string> = {};
  try {
    const value: unknown = JSON.parse(notes.get(NOTE) ?? '{}');
    if (!isObject(value)) return {};
    for (const name of Object.keys(value)) if (typeof value[name] === 'string') stored[name] = value[name];
  } catch {
    return {};
  }
  return stored;
}

export function store(notes: Notes, settings: Readonly<Record<string, string>>): void {
  notes.set(NOTE, JSON.stringify(settings));
}

export function forget(notes: Notes): void {
  notes.set(NOTE, '{}');
}
