/**
 * Takes the place of the engine's `toLowerCase`, which knows all of Unicode's letters by tables of 12 kB: nobody here asks
 * for it but the SDK's HTTP client, for the names of headers, and those are ASCII. Preloaded, it is frozen with the other
 * built-ins; the manifest's `strip` takes out what it replaces.
 */
export function lowerCase(text: string): string {
  let lower = '';
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    lower += String.fromCharCode(code >= 0x41 && code <= 0x5a ? code + 0x20 : code);
  }
  return lower;
}

// eslint-disable-next-line no-extend-native -- the same name, the same promise where it is asked for
String.prototype.toLowerCase = function (this: string) {
  return lowerCase(this);
};
