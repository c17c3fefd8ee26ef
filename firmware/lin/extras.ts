/** What the Linux program has as an ESP32 has it, with stand-ins beneath: see `chip/extras.ts`, whose place this takes. */
import { openBoard } from 'firmware/lin/board';
import { setWallClock, startWallClock } from 'firmware/lin/wall-clock';
import type { UpdateOptions } from '../chip/extras.js';
import { updaterInto } from '../chip/updates.js';
import { readStored } from '../setup/stored.js';
import type { Notes, Slot, Updater } from '../updater.js';

export { secureSocket } from '../chip/secure-socket.js';

/** The first of these that `main` calls. */
export function openNotes(): Notes {
  startWallClock();
  const board = openBoard();
  return {
    get: (name) => board.lin_note(name) || null,
    set: (name, text) => board.lin_set_note(name, text),
  };
}

export function typedSettings(notes: Notes): Record<string, string> {
  return readStored(notes);
}

export function forgetByButton(): void {}

export function openSetup(): boolean {
  return false;
}

export function updaterFor(options: UpdateOptions): Updater | null {
  return openBoard().lin_has_slots() ? updaterInto(new FileSlot(), options) : null;
}

export function setSystemTime(ms: number): void {
  setWallClock(ms);
}

/** The file of the two that doesn't run. */
class FileSlot implements Slot {
  private readonly board = openBoard();

  get onTrial(): boolean {
    return this.board.image_on_trial() === 1;
  }

  confirm(): void {
    this.board.image_confirm();
  }

  giveUp(): void {
    this.board.image_give_up();
  }

  begin(_byteLength: number): void {
    this.abandon();
    if (!this.board.lin_slot_begin()) throw new Error('no room for an image');
  }

  write(bytes: Uint8Array): void {
    if (!this.board.lin_slot_write(new Uint8Array(bytes).buffer, bytes.length)) throw new Error('write failed');
  }

  finish(): void {
    if (!this.board.lin_slot_finish()) throw new Error('not an image');
    this.abandon();
  }

  abandon(): void {
    this.board.lin_slot_abandon();
  }
}
