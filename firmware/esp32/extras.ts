/** What an ESP32 has and an ESP8266 hasn't, and so the Linux program: see `chip/extras.ts`, whose place this takes. */
import Digital from 'embedded:io/digital';
import KeyValue from 'embedded:storage/key-value';
import flash from 'embedded:storage/flash';
import Update, { type Updater as ImageUpdate } from 'embedded:update';
import FFI from 'mc/ffi';
import type { SetupOptions, UpdateOptions } from '../chip/extras.js';
import { updaterInto } from '../chip/updates.js';
import { Button } from '../setup/button.js';
import { forget, readStored } from '../setup/stored.js';
import type { Notes, Slot, Updater } from '../updater.js';

export { openSetup } from './access-point.js';
export { secureSocket } from '../chip/secure-socket.js';
export { setSystemTime } from '../chip/wall-clock.js';

/** The button that every board has for flashing: GPIO0, low while pressed. */
const BOOT_PIN = 0;
/** Held for so long it makes the device forget what was typed into it, ms. */
const HOLD_MS = 5000;

/** NVS writes a key whole or not at all (Espressif, "Non-volatile storage library"). */
export function openNotes(): Notes {
  const store = KeyValue.open({ path: 'thermowell' });
  return {
    get(name) {
      const bytes = store.read(name);
      return bytes === undefined ? null : String.fromArrayBuffer(bytes as ArrayBuffer);
    },
    set(name, text) {
      store.write(name, ArrayBuffer.fromString(text));
    },
  };
}

export function typedSettings(notes: Notes): Record<string, string> {
  return readStored(notes);
}

export function forgetByButton({ notes, timers, restart }: Pick<SetupOptions, 'notes' | 'timers' | 'restart'>): void {
  const pin = new Digital({ pin: BOOT_PIN, mode: Digital.InputPullUp });
  const onHeld = (): void => {
    forget(notes);
    restart();
  };
  new Button({ timers, pressed: () => pin.read() === 0, holdMs: HOLD_MS, onHeld }).open();
}

export function updaterFor(options: UpdateOptions): Updater | null {
  return updaterInto(new OtaSlot(), options);
}

/** The other one of the two OTA partitions. */
class OtaSlot implements Slot {
  private readonly ffi = new FFI();
  private update: ImageUpdate | null = null;

  get onTrial(): boolean {
    return this.ffi.image_on_trial() === 1;
  }

  confirm(): void {
    this.ffi.image_confirm();
  }

  /** Where there is no image to go back to, it stays. */
  giveUp(): void {
    this.ffi.image_give_up();
  }

  begin(byteLength: number): void {
    this.abandon();
    // Each sector is erased as it is reached; the length is only compared with the room there is.
    this.update = Update.open({ partition: flash.open({ path: 'nextota' }), byteLength });
  }

  write(bytes: Uint8Array): void {
    this.update!.write(bytes);
  }

  finish(): void {
    this.update!.complete();
    this.abandon();
  }

  abandon(): void {
    const update = this.update;
    this.update = null;
    update?.close();
  }
}
