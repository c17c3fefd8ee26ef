/** Writes and reads numbers one after another, little-endian. Beyond the end of its bytes every method throws a RangeError. */
import { getUint48, putUint48 } from './boot.js';

export class Pen {
  readonly view: DataView;
  /** offset of what comes next */
  offset: number;

  constructor(bytes: Uint8Array, offset = 0) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.offset = offset;
  }

  /** Goes on by so many bytes; the offset before. */
  skip(byteLength: number): number {
    const { offset } = this;
    this.offset = offset + byteLength;
    return offset;
  }

  putU8(value: number): void {
    this.view.setUint8(this.offset++, value);
  }

  u8(): number {
    return this.view.getUint8(this.offset++);
  }

  putI16(value: number): void {
    this.view.setInt16(this.skip(2), value, true);
  }

  i16(): number {
    return this.view.getInt16(this.skip(2), true);
  }

  putI32(value: number): void {
    this.view.setInt32(this.skip(4), value, true);
  }

  i32(): number {
    return this.view.getInt32(this.skip(4), true);
  }

  putU48(value: number): void {
    putUint48(this.view, this.skip(6), value);
  }

  u48(): number {
    return getUint48(this.view, this.skip(6));
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
