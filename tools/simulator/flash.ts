/**
 * NOR flash with the chip's rules: an erase sets every bit of a sector, a write only clears bits, and a power cut tears
 * whatever is being done at the byte it strikes. Deterministic; counts wear.
 */
import type { Flash } from '../../firmware/flash.js';

/** The power went during a write or an erase. Everything throws it until `powerOn()`. */
export class PowerCut extends Error {
  constructor() {
    super('the power was cut');
    this.name = 'PowerCut';
  }
}

export interface NorFlashOptions {
  sectors: number;
  /** bytes of a sector; default 4096 */
  blockSize?: number;
}

export class NorFlash implements Flash {
  readonly byteLength: number;
  readonly blockSize: number;
  /** how often each sector was erased, torn erases included */
  readonly erases: number[];
  /** bytes written so far; an erase counts as none */
  bytesWritten = 0;
  readonly #bytes: Uint8Array;
  /** per byte the bits that always read 0; null while nothing is worn out */
  #stuck: Uint8Array | null = null;
  #powered = true;
  /** bytes until the power goes, an erase counting as `blockSize` */
  #left = Infinity;
  /** bits of the byte at the tear that stay as they were */
  #spared = 0xff;
  #eraseFrom: 'start' | 'end' = 'start';

  constructor({ sectors, blockSize = 4096 }: NorFlashOptions) {
    this.byteLength = sectors * blockSize;
    this.blockSize = blockSize;
    this.erases = new Array<number>(sectors).fill(0);
    this.#bytes = new Uint8Array(this.byteLength).fill(0xff);
  }

  erase(sector: number): void {
    const start = sector * this.blockSize;
    this.#check(start, this.blockSize);
    this.erases[sector]! += 1;
    const { blockSize } = this;
    const at = this.#eraseFrom === 'start' ? (i: number) => start + i : (i: number) => start + blockSize - 1 - i;
    this.#change(blockSize, (i, spared) => (this.#bytes[at(i)]! |= ~spared));
  }

  read(offset: number, byteLength: number): Uint8Array {
    this.#check(offset, byteLength);
    const bytes = this.#bytes.slice(offset, offset + byteLength);
    if (this.#stuck) for (let i = 0; i < byteLength; i++) bytes[i]! &= ~this.#stuck[offset + i]!;
    return bytes;
  }

  write(offset: number, bytes: Uint8Array): void {
    this.#check(offset, bytes.length);
    this.#change(bytes.length, (i, spared) => {
      this.#bytes[offset + i]! &= bytes[i]! | spared;
      this.bytesWritten++;
    });
  }

  /**
   * The power goes once `bytes` more bytes are written or erased (an erase is `blockSize` of them); `spared` are the
   * bits of the byte at the tear that stay as they were. What a torn erase has reached is anybody's guess: so much from
   * the sector's start, or from its end.
   */
  cutAfter(bytes: number, spared = 0xff, eraseFrom: 'start' | 'end' = 'start'): void {
    this.#left = bytes;
    this.#spared = spared;
    this.#eraseFrom = eraseFrom;
  }

  /** False from a cut until `powerOn()`: firmware may have caught what it threw. */
  get powered(): boolean {
    return this.#powered;
  }

  /** Power is back, and no further cut is planned. */
  powerOn(): void {
    this.#powered = true;
    this.#left = Infinity;
  }

  /** From now on these bits read 0 whatever is written or erased. */
  wearOut(offset: number, bits = 0xff): void {
    this.#stuck ??= new Uint8Array(this.byteLength);
    this.#stuck[offset]! |= bits;
  }

  /** What years do to cells: these bytes are others by now, with more bits or fewer. */
  spoil(offset: number, bytes: Uint8Array): void {
    this.#bytes.set(bytes, offset);
  }

  /** Another chip in the same state, powered. */
  clone(): NorFlash {
    const copy = new NorFlash({ sectors: this.erases.length, blockSize: this.blockSize });
    copy.#bytes.set(this.#bytes);
    copy.#stuck = this.#stuck?.slice() ?? null;
    copy.bytesWritten = this.bytesWritten;
    this.erases.forEach((count, sector) => (copy.erases[sector] = count));
    return copy;
  }

  #check(offset: number, byteLength: number): void {
    if (!this.#powered) throw new PowerCut();
    if (!Number.isInteger(offset) || offset < 0 || !(byteLength >= 0) || offset + byteLength > this.byteLength)
      throw new RangeError(`${byteLength} bytes at ${offset} are not within the flash's ${this.byteLength}`);
  }

  #change(count: number, one: (i: number, spared: number) => void): void {
    const whole = Math.min(count, this.#left);
    for (let i = 0; i < whole; i++) one(i, 0);
    this.#left -= whole;
    if (whole === count) return;
    one(whole, this.#spared);
    this.#powered = false;
    throw new PowerCut();
  }
}
