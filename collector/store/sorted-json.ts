import { isObject, type Json } from '../../firmware/protocol/json.js';

/** One text for all JSON values that are equal as values: the order of members doesn't count, 1 and 1.0 are one number. */
export function sortedJson(value: Json): string {
  return JSON.stringify(value, (_, inner: Json) => {
    if (!isObject(inner)) return inner;
    const names = Object.keys(inner);
    if (names.length < 2) return inner;
    return Object.fromEntries(names.sort().map((name) => [name, inner[name]]));
  });
}
