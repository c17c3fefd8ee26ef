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
