/** UTF-8 by the engine's own hands. */
import type { Codec } from '../uplinks/heard.js';

export const codec: Codec = Object.freeze({
  encode: (text) => new Uint8Array(ArrayBuffer.fromString(text)),
  decode: (bytes) => String.fromArrayBuffer(bytes),
});
