import { describe, expect, it } from 'vitest';
import { NorFlash, PowerCut } from '../../simulator/flash.js';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

describe('NorFlash', () => {
  it('is blank at first: all ones', () => {
    const flash = new NorFlash({ sectors: 2, blockSize: 16 });
    expect(flash.byteLength).toBe(32);
    expect(flash.read(0, 32)).toEqual(new Uint8Array(32).fill(0xff));
  });

  it('only clears bits by a write, and sets those of one sector by an erase', () => {
    const flash = new NorFlash({ sectors: 2, blockSize: 16 });
    flash.write(15, bytes(0xf0, 0xf0));
    flash.write(15, bytes(0x3c, 0xff));
    expect(flash.read(15, 2)).toEqual(bytes(0x30, 0xf0));
    flash.erase(0);
    expect(flash.read(15, 2)).toEqual(bytes(0xff, 0xf0));
  });

  it('counts what was written, and the erases of each sector', () => {
    const flash = new NorFlash({ sectors: 2 });
    flash.write(0, new Uint8Array(10));
    flash.erase(1);
    flash.erase(1);
    expect([flash.bytesWritten, flash.erases]).toEqual([10, [0, 2]]);
  });

  it('refuses what is not within it', () => {
    const flash = new NorFlash({ sectors: 2, blockSize: 16 });
    expect(() => flash.write(31, new Uint8Array(2))).toThrow(RangeError);
    expect(() => flash.read(-1, 1)).toThrow(RangeError);
    expect(() => flash.erase(2)).toThrow(RangeError);
  });

  it('tears a write at the byte where the power goes, and is dead until it comes back', () => {
    const flash = new NorFlash({ sectors: 1, blockSize: 16 });
    flash.cutAfter(3, 0x0f);
    flash.write(0, bytes(1, 2));
    expect(() => flash.write(2, bytes(3, 4, 5))).toThrow(PowerCut);
    expect(flash.powered).toBe(false);
    expect(() => flash.read(0, 1)).toThrow(PowerCut);
    expect(() => flash.write(0, bytes(0))).toThrow(PowerCut);
    flash.powerOn();
    expect(flash.read(0, 5)).toEqual(bytes(1, 2, 3, 0x0f, 0xff));
    flash.write(4, bytes(5));
    expect(flash.read(4, 1)).toEqual(bytes(5));
  });

  it.each([
    ['start', [0xff, 0xff, 0xf5, 5]],
    ['end', [5, 0xf5, 0xff, 0xff]],
  ] as const)('tears an erase that began at the %s', (from, left) => {
    const flash = new NorFlash({ sectors: 1, blockSize: 4 });
    flash.write(0, bytes(5, 5, 5, 5));
    flash.cutAfter(2, 0x0f, from);
    expect(() => flash.erase(0)).toThrow(PowerCut);
    flash.powerOn();
    expect(flash.read(0, 4)).toEqual(bytes(...left));
  });

  it('reads worn-out bits as 0, whatever is done', () => {
    const flash = new NorFlash({ sectors: 1, blockSize: 16 });
    flash.wearOut(1, 0x81);
    flash.erase(0);
    expect(flash.read(0, 3)).toEqual(bytes(0xff, 0x7e, 0xff));
  });

  it('is cloned with all that it holds, and apart from then on', () => {
    const flash = new NorFlash({ sectors: 1, blockSize: 16 });
    flash.write(0, bytes(7));
    flash.wearOut(1);
    const copy = flash.clone();
    flash.write(0, bytes(0));
    expect(copy.read(0, 2)).toEqual(bytes(7, 0));
    expect(copy.bytesWritten).toBe(1);
  });
});
