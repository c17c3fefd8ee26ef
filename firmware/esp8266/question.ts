/**
 * Takes the place of the SDK's `dns/serializer` on an ESP8266: that one writes every kind of record, in 4 kB, and all that
 * the SDK's resolver has it write is one question (RFC 1035 §4.1):
 *
 *   id, u16 · flags, u16 · 1 question, u16 · 0, u16, three times · name · type, u16 · class, u16
 *
 * A name is its labels, each behind its length, and 0.
 */
const HEAD = 12;
const RECURSION_DESIRED = 1;
const DOT = 0x2e;

export default class Question {
  private readonly id: number;
  private bytes = new Uint8Array();

  /** @param header 0 for a question to the neighbours (RFC 6762 §18.1) */
  constructor(header: { readonly id: number }) {
    this.id = header.id;
  }

  /** @param host of ASCII, as the settings take it */
  add(_section: number, host: string, type: number, within: number): void {
    const name = host.endsWith('.') ? host : `${host}.`;
    const end = HEAD + name.length + 1;
    const bytes = new Uint8Array(end + 4);
    bytes.set([this.id >> 8, this.id & 0xff, RECURSION_DESIRED, 0, 0, 1]);
    let label = HEAD;
    for (let i = 0; i < name.length; i++) {
      const code = name.charCodeAt(i);
      if (code !== DOT) bytes[HEAD + i + 1] = code;
      else {
        bytes[label] = HEAD + i - label;
        label = HEAD + i + 1;
      }
    }
    bytes.set([type >> 8, type & 0xff, within >> 8, within & 0xff], end);
    this.bytes = bytes;
  }

  build(): ArrayBuffer {
    return this.bytes.buffer;
  }
}
