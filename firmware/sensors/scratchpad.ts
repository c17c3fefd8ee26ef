/**
 * The DS18B20's scratchpad (datasheet, "Memory", Figure 9):
 *
 *   0 temperature, low byte · 1 temperature, high byte · 2 T_H · 3 T_L · 4 configuration · 5 FF · 6 · 7 10 · 8 CRC-8
 *
 * Temperature is a signed 16-bit number of 1/16 °C; with fewer than 12 bits its lowest bits are undefined (Figure 4).
 * At power-on it reads +85 °C, and byte 6, which is reserved, reads 0C; a conversion changes byte 6.
 */
import { crc8 } from './crc8.js';

export const SCRATCHPAD_LENGTH = 9;

/** Bits of a conversion: 9 to 12. */
export type Resolution = 9 | 10 | 11 | 12;

/** Why a probe gave no scratchpad worth reading. */
export type ScratchpadFault =
  /** all ones: nothing pulls the bus low */
  | 'absent'
  /** all zeros: the bus is held low. Their CRC is right */
  | 'short'
  | 'crc'
  /** the configuration byte is none that the chip can have */
  | 'config'
  /** not between −55 and +125 °C */
  | 'range';

export interface Scratchpad {
  temp_C: number;
  bits: Resolution;
  /** T_H and T_L, the alarm bytes: user memory that a write of the configuration has to repeat */
  alarm: readonly [high: number, low: number];
  /** exactly 85 °C: measured, or what the chip shows before its first conversion */
  suspect: boolean;
  /** certainly the value from before the first conversion */
  powerOn: boolean;
}

/** 85 °C, the power-on value. */
const POWER_ON = 0x0550;
const POWER_ON_MARK = 0x0c;
/** −55 and +125 °C in 1/16 °C. */
const RAW_MIN = -55 * 16;
const RAW_MAX = 125 * 16;

/** The scratchpad in nine bytes, or what is wrong with them. */
export function readScratchpad(bytes: Uint8Array): Scratchpad | ScratchpadFault {
  if (bytes.length !== SCRATCHPAD_LENGTH || crc8(bytes) !== 0)
    return bytes.every((byte) => byte === 0xff) ? 'absent' : 'crc';
  const bits = resolutionOf(bytes[4]!);
  if (bits === null) return bytes.every((byte) => byte === 0) ? 'short' : 'config';
  const raw = ((bytes[1]! << 24) >> 16) | bytes[0]!;
  const masked = raw & (-1 << (12 - bits));
  if (masked < RAW_MIN || masked > RAW_MAX) return 'range';
  const suspect = raw === POWER_ON;
  return {
    temp_C: masked / 16,
    bits,
    alarm: [bytes[2]!, bytes[3]!],
    suspect,
    powerOn: suspect && bytes[6] === POWER_ON_MARK,
  };
}

/** The configuration byte of a resolution: 0 R1 R0 1 1 1 1 1 (datasheet, "Configuration Register", Figure 10). */
export function configOf(bits: Resolution): number {
  return ((bits - 9) << 5) | 0x1f;
}

/** The longest a conversion takes, in ms: 750 at 12 bits, half as long for each bit less (datasheet, Table 2). */
export function conversionMs(bits: Resolution): number {
  return Math.ceil(750 / (1 << (12 - bits)));
}

function resolutionOf(config: number): Resolution | null {
  return (config & 0x9f) === 0x1f ? ((((config >> 5) & 3) + 9) as Resolution) : null;
}
