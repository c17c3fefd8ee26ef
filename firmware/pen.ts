/** Writes and reads numbers one after another, little-endian. */
import { getUint48, putUint48 } from './boot.js';

export class Pen {
  readonly #view: DataView;
  #at: number;

  /** @throws RangeError from any method where the bytes are at their end */
  constructor(bytes: Uint8Array, at = 0) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#at = at;
  }

  /** Offset of what comes next. */
  get at(): number {
    return this.#at;
  }

  /** The view, and the offset from which `byteLength` bytes are now taken. */
  take(byteLength: number): [view: DataView, offset: number] {
    const at = this.#at;
    if (at + byteLength > this.#view.byteLength) throw new RangeError(`no ${byteLength} bytes are left`);
    this.#at = at + byteLength;
    return [this.#view, at];
  }

  putU8(value: number): void {
    const [view, at] = this.take(1);
    view.setUint8(at, value);
  }

  u8(): number {
    const [view, at] = this.take(1);
    return view.getUint8(at);
  }

  putI16(value: number): void {
    const [view, at] = this.take(2);
    view.setInt16(at, value, true);
  }

  i16(): number {
    const [view, at] = this.take(2);
    return view.getInt16(at, true);
  }

  putI32(value: number): void {
    const [view, at] = this.take(4);
    view.setInt32(at, value, true);
  }

  i32(): number {
    const [view, at] = this.take(4);
    return view.getInt32(at, true);
  }

  putU48(value: number): void {
    const [view, at] = this.take(6);
    putUint48(view, at, value);
  }

  u48(): number {
    const [view, at] = this.take(6);
    return getUint48(view, at);
  }

  /** Its length, then its characters; those beyond ASCII as `?`. */
  putText(text: string): void {
    this.putU8(text.length);
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      this.putU8(code < 127 ? code : 63);
    }
  }

  text(): string {
    let text = '';
    for (let left = this.u8(); left > 0; left--) text += String.fromCharCode(this.u8());
    return text;
  }
}
