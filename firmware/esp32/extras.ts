/** What an ESP32 has and an ESP8266 hasn't: see `chip/extras.ts`, whose place this takes. */
import Digital from 'embedded:io/digital';
import KeyValue from 'embedded:storage/key-value';
import flash from 'embedded:storage/flash';
import Update, { type Updater as ImageUpdate } from 'embedded:update';
import { Digest } from 'crypt';
import FFI from 'mc/ffi';
import Time from 'time';
import type { Hash, Notes, Slot, UpdaterOptions } from '../updater.js';

export { openSetup } from './access-point.js';
export { secureSocket } from './secure-socket.js';

/** The button that every board has for flashing: GPIO0, low while pressed. */
const BOOT_PIN = 0;

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

export function openSlot(): { slot: Slot; sha256: UpdaterOptions['sha256'] } {
  return { slot: new OtaSlot(), sha256: () => new Sha256() };
}

export function setSystemTime(ms: number): void {
  Time.set(Math.round(ms / 1000));
}

export function bootButton(): () => boolean {
  const pin = new Digital({ pin: BOOT_PIN, mode: Digital.InputPullUp });
  return () => pin.read() === 0;
}

/** The other one of the two OTA partitions. */
class OtaSlot implements Slot {
  readonly #ffi = new FFI();
  #update: ImageUpdate | null = null;

  get onTrial(): boolean {
    return this.#ffi.image_on_trial() === 1;
  }

  confirm(): void {
    this.#ffi.image_confirm();
  }

  /** Where there is no image to go back to, it stays. */
  giveUp(): void {
    this.#ffi.image_give_up();
  }

  begin(_byteLength: number): void {
    this.abandon();
    // Without its length each sector is erased as it is reached, rather than all at once for seconds.
    this.#update = Update.open({ partition: flash.open({ path: 'nextota' }) });
  }

  write(bytes: Uint8Array): void {
    this.#update!.write(bytes);
  }

  finish(): void {
    this.#update!.complete();
    this.abandon();
  }

  abandon(): void {
    const update = this.#update;
    this.#update = null;
    update?.close();
  }
}

class Sha256 implements Hash {
  readonly #digest = new Digest('SHA256');

  write(bytes: Uint8Array): void {
    this.#digest.write(new Uint8Array(bytes).buffer);
  }

  close(): string {
    const bytes = new Uint8Array(this.#digest.close());
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  }
}
