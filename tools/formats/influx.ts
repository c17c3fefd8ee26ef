/**
 * Influx line protocol: `measurement,tag=v field=1.5,other="text" 1763794880000000000`. We write the measurement
 * `thermowell` with the tags `device_id`, `device_desc` and `desc`, times in nanoseconds. Of others' lines the tag
 * `device_id` (or `device`, `host`), else the measurement, is the device, and `desc`, else the other tags, the series.
 * There is no null in it, so a gap is left out.
 */
import type { Json, JsonObject } from '../../firmware/protocol/json.js';
import { LineError, type Numbered, type Sample, type Writer } from './sample.js';

const MEASUREMENT = 'thermowell';
const DEVICE_TAGS = ['device_id', 'device', 'host'];

/** Below these a time without further notice is seconds, ms, µs (conventions.md). */
const [SECONDS_BELOW, MS_BELOW, US_BELOW] = [5_000_000_000n, 5_000_000_000_000n, 5_000_000_000_000_000n];

const STRING = /"(?:[^"\\]|\\.)*"/y;
const WORD = /(?:[^\\ ,=]|\\.)+/y;

export async function* readInflux(lines: AsyncIterable<string>): AsyncGenerator<Numbered> {
  let line = 0;
  for await (const text of lines) {
    line++;
    if (text.trim() === '' || text.startsWith('#')) continue;
    yield { line, sample: new LineReader(text.trim(), line).sample() };
  }
}

export const influxWriter: Writer = {
  head: '',
  line: ({ time, fields, ...telling }) => {
    const tags = Object.entries(telling).filter(([, text]) => text !== undefined && text !== '');
    const values = Object.entries(fields).filter(([, value]) => value !== null);
    if (values.length === 0) return '';
    const key = [MEASUREMENT, ...tags.map(([name, text]) => `${name}=${escaped(text)}`)].join();
    return `${key} ${values.map(([name, value]) => `${escaped(name)}=${literal(value)}`).join()} ${time}000000\n`;
  },
};

class LineReader {
  readonly #text: string;
  readonly #line: number;
  #at = 0;

  constructor(text: string, line: number) {
    this.#text = text;
    this.#line = line;
  }

  sample(): Sample {
    const measurement = this.#word('a measurement');
    const tags: Record<string, string> = {};
    while (this.#takes(',')) {
      const name = this.#word('a tag');
      this.#expect('=');
      tags[name] = this.#word(`the value of the tag "${name}"`);
    }
    this.#expect(' ');
    const fields: JsonObject = {};
    do {
      const name = this.#word('a field');
      this.#expect('=');
      fields[name] = this.#value(name);
    } while (this.#takes(','));
    this.#expect(' ');
    return { ...telling(measurement, tags), time: this.#time(), fields };
  }

  #value(name: string): Json {
    const string = this.#match(STRING);
    if (string !== null) return string.slice(1, -1).replaceAll(/\\(["\\])/g, '$1');
    const text = this.#match(WORD) ?? '';
    if (/^(t|T|true|True|TRUE)$/.test(text)) return true;
    if (/^(f|F|false|False|FALSE)$/.test(text)) return false;
    const number = Number(text.replace(/[iu]$/, ''));
    if (text === '' || !Number.isFinite(number))
      this.#fail(`the field "${name}" has no value that is a number or text`);
    return number;
  }

  #time(): number {
    const text = this.#text.slice(this.#at).trim();
    if (text === '') this.#fail('a time is missing: without one, importing twice would store it twice');
    if (!/^\d{1,19}$/.test(text)) this.#fail(`"${text}" is no time`);
    return milliseconds(BigInt(text));
  }

  #word(what: string): string {
    const word = this.#match(WORD);
    if (word === null) this.#fail(`${what} is missing`);
    return word.replaceAll(/\\([ ,=\\])/g, '$1');
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? null;
    if (found !== null) this.#at += found.length;
    return found;
  }

  #takes(sign: string): boolean {
    if (this.#text[this.#at] !== sign) return false;
    this.#at++;
    return true;
  }

  #expect(sign: string): void {
    if (this.#takes(sign)) {
      if (sign === ' ') while (this.#takes(' '));
      return;
    }
    const what = { ' ': 'a space', '=': '"="' }[sign] ?? sign;
    this.#fail(this.#at >= this.#text.length && sign === ' ' ? 'a time is missing' : `${what} is missing`);
  }

  #fail(what: string): never {
    throw new LineError(this.#line, `at character ${this.#at + 1}: ${what}`);
  }
}

/** Whole numbers: nanoseconds of our days are more than a double holds, and a millisecond would be lost with them. */
function milliseconds(time: bigint): number {
  if (time < SECONDS_BELOW) return Number(time * 1000n);
  if (time < MS_BELOW) return Number(time);
  return Number(time / (time < US_BELOW ? 1000n : 1_000_000n));
}

function telling(measurement: string, tags: Record<string, string>): Partial<Sample> {
  const { device_desc, desc, ...rest } = tags;
  const deviceTag = DEVICE_TAGS.find((name) => Object.hasOwn(rest, name));
  const device_id = deviceTag === undefined ? measurement : rest[deviceTag]!;
  if (deviceTag !== undefined) delete rest[deviceTag];
  const words = measurement === MEASUREMENT || deviceTag === undefined ? [] : [measurement];
  const described = desc ?? [...words, ...Object.values(rest)].join(' ');
  return { device_id, ...(device_desc !== undefined && { device_desc }), ...(described !== '' && { desc: described }) };
}

function escaped(text: string): string {
  return oneLine(text).replaceAll(/[ ,=\\]/g, String.raw`\$&`);
}

function literal(value: Json): string {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return String(value);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return `"${oneLine(text).replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

/** A record is a line: where a text has several, there is a space between them. */
function oneLine(text: string): string {
  return text.replaceAll(/[\r\n]+/g, ' ');
}
