/** Takes the place of `chip/discovery.ts` on an ESP8266, which has no room for a search: the settings ask for an address. */
export function searchFor(): null {
  return null;
}

export function uplinkToFound(): never {
  throw new Error('an ESP8266 does not look for a collector');
}
