/**
 * The 64-bit code that names a 1-Wire device for ever (DS18B20 datasheet, "64-Bit Lasered ROM Code", Figure 8):
 *
 *   0 family · 1–6 serial, least significant byte first · 7 CRC-8 of bytes 0–6
 *
 * The bus of Moddable's ESP32 hands it over byte-reversed, that of its ESP8266 doesn't; the CRC tells which it is.
 */
import { hexOf } from '../protocol/letters.js';
import { crc8 } from './crc8.js';

const LENGTH = 8;

export interface Rom {
  family: number;
  /** as Linux names it: `28-0316a4f1b2ff`, family and serial, the most significant byte first */
  name: string;
  /** as the bus master gave it, for `select` */
  code: Uint8Array;
}

/**
 * The ROM in a code, whichever way round it is, or null where the CRC fits neither way. About one code in 256 fits both
 * ways; then the one of the expected family counts.
 */
export function readRom(code: Uint8Array, family: number): Rom | null {
  const bytes = inOrder(code, family);
  return bytes === null ? null : { family: bytes[0]!, name: romName(bytes), code };
}

/** The name of a ROM in the chip's own byte order. */
export function romName(bytes: Uint8Array): string {
  const hex = hexOf([bytes[0]!, bytes[6]!, bytes[5]!, bytes[4]!, bytes[3]!, bytes[2]!, bytes[1]!]);
  return `${hex.slice(0, 2)}-${hex.slice(2)}`;
}

/** The code in the chip's own byte order; null where it is none in either. */
function inOrder(code: Uint8Array, family: number): Uint8Array | null {
  const valid = isValid(code);
  if (valid && code[0] === family) return code;
  const reversed = Uint8Array.from(code, (_, i) => code[code.length - 1 - i]!);
  if (isValid(reversed) && (reversed[0] === family || !valid)) return reversed;
  return valid ? code : null;
}

/** A bus held low reads as zeros, whose CRC is right: no chip has family 0. */
function isValid(bytes: Uint8Array): boolean {
  return bytes.length === LENGTH && bytes[0] !== 0 && crc8(bytes) === 0;
}
