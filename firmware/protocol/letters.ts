/**
 * What a text is made of, letter by letter. Regular expressions aren't for the chips: XS (17.9.1, `fxAllocateRegExpData`)
 * takes what a match needs from outside of its own memory, never gives it back, and lets the garbage collector write
 * into it. The ESP8266's firmware fell over that at its first wake.
 */
export type Letter = (code: number) => boolean;

export const isDigit: Letter = (code) => code >= 0x30 && code <= 0x39;

/** A-Z, a-z, 0-9 */
export const isAlphanumeric: Letter = (code) =>
  isDigit(code) || (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a);

/** Whether all of it, and there is something, is such letters. */
export function consistsOf(text: string, allowed: Letter): boolean {
  for (let i = 0; i < text.length; i++) if (!allowed(text.charCodeAt(i))) return false;
  return text !== '';
}

/** Letters of hexadecimal digits. XS's own `toString(16)` divides in floating point, at ten thousand instructions a byte. */
const DIGITS: readonly number[] = Object.freeze(Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0)));

/** Two digits for each byte. */
export function hexOf(bytes: ArrayLike<number>): string {
  const codes: number[] = [];
  for (let i = 0; i < bytes.length; i++) codes.push(DIGITS[bytes[i]! >> 4]!, DIGITS[bytes[i]! & 15]!);
  return textOf(codes);
}

/** The text that these codes of letters make. They are arguments on the stack: no more than a few dozen. */
export function textOf(codes: ArrayLike<number>): string {
  return String.fromCharCode.apply(null, codes as number[]);
}
