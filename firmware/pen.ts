/** Writes and reads numbers one after another, little-endian. Beyond the end of its bytes every method throws a RangeError. */
import { getUint48, putUint48 } from './boot.js';
import { textOf } from './protocol/letters.js';

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

  /** Eight bytes. A whole number in six of them is shorter, but without floating point ten times the work. */
  putF64(value: number): void {
    this.view.setFloat64(this.skip(8), value, true);
  }

  f64(): number {
    return this.view.getFloat64(this.skip(8), true);
  }

  putBytes(bytes: Uint8Array): void {
    this.bytes(bytes.length).set(bytes);
  }

  /** The bytes themselves, no copy. */
  bytes(byteLength: number): Uint8Array {
    const { buffer, byteOffset } = this.view;
    return new Uint8Array(buffer, byteOffset + this.skip(byteLength), byteLength);
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
    return textOf(this.bytes(this.u8()));
  }
}
