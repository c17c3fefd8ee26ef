/**
 * The 64-bit code that names a 1-Wire device for ever (DS18B20 datasheet, "64-Bit Lasered ROM Code", Figure 8):
 *
 *   0 family · 1–6 serial, least significant byte first · 7 CRC-8 of bytes 0–6
 *
 * The bus of Moddable's ESP32 hands it over byte-reversed, that of its ESP8266 doesn't; the CRC tells which it is.
 */
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
  const ways = [code, Uint8Array.from(code, (_, i) => code[code.length - 1 - i]!)].filter(isValid);
  const bytes = ways.find((way) => way[0] === family) ?? ways[0];
  return bytes === undefined ? null : { family: bytes[0]!, name: romName(bytes), code };
}

/** The name of a ROM in the chip's own byte order. */
export function romName(bytes: Uint8Array): string {
  let name = `${hex(bytes[0]!)}-`;
  for (let i = 6; i >= 1; i--) name += hex(bytes[i]!);
  return name;
}

/** A bus held low reads as zeros, whose CRC is right: no chip has family 0. */
function isValid(bytes: Uint8Array): boolean {
  return bytes.length === LENGTH && bytes[0] !== 0 && crc8(bytes) === 0;
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
