/** A file to be imported: opened as what it is, packed or not, and read as often as it can be. */
import { open, readFile } from 'node:fs/promises';
import { createReadStream, type ReadStream } from 'node:fs';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ToolError } from '../exit.js';
import { formatOf, readers, type Format } from './formats.js';
import type { Numbered } from './sample.js';
import { MAGIC, readSeedDatabase } from './seed-database.js';

export interface Source {
  /** as errors name it */
  name: string;
  /** whether it can be read more than once */
  again: boolean;
  /** 0 to 1, of the reading that goes on */
  progress: () => number;
  /** @throws LineError */
  read: () => AsyncIterable<Numbered>;
}

const GZIP = [0x1f, 0x8b];

/** @throws ToolError where there is no such file, or its format can't be told */
export async function openSource(file: string, format: Format | undefined): Promise<Source> {
  if (file === '-') {
    const chosen = format ?? unknown('stdin');
    return { name: 'stdin', again: false, progress: () => 0, read: () => readers[chosen](linesOf(process.stdin)) };
  }
  const { beginning, size } = await look(file);
  if (beginning.toString('latin1').startsWith(MAGIC)) return databaseSource(file);
  const chosen = format ?? formatOf(file) ?? unknown(file);
  let stream: ReadStream | null = null;
  return {
    name: file,
    again: true,
    progress: () => (stream?.bytesRead ?? 0) / Math.max(1, size),
    read: () => {
      stream = createReadStream(file);
      const packed = beginning[0] === GZIP[0] && beginning[1] === GZIP[1];
      return readers[chosen](linesOf(packed ? unpacked(stream) : stream));
    },
  };
}

async function databaseSource(file: string): Promise<Source> {
  const bytes = await readFile(file);
  return {
    name: file,
    again: true,
    progress: () => 0,
    async *read() {
      try {
        yield* readSeedDatabase(bytes);
      } catch (error) {
        if (!(error instanceof Error) || error.constructor !== Error) throw error;
        throw new ToolError('failure', `${file}: ${error.message}`, { cause: error });
      }
    },
  };
}

/** The first bytes of a file, and how many there are. */
async function look(file: string): Promise<{ beginning: Buffer; size: number }> {
  const handle = await open(file, 'r');
  try {
    const stats = await handle.stat();
    if (stats.isDirectory()) throw new ToolError('failure', `${file} is a folder`);
    const { size } = stats;
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(16), 0, 16, 0);
    return { beginning: buffer.subarray(0, bytesRead), size };
  } finally {
    await handle.close();
  }
}

function unpacked(stream: Readable): Readable {
  // what goes wrong with either reaches whoever reads
  return pipeline(stream, createGunzip(), () => undefined);
}

/** Lines without their ends. */
async function* linesOf(input: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let open: string[] = [];
  for await (const piece of input) {
    const text = decoder.decode(piece, { stream: true });
    // a line may be as long as the file: it is put together once, not again with each piece
    open.push(text);
    if (!text.includes('\n')) continue;
    const lines = open.join('').split(/\r?\n/);
    open = [lines.pop()!];
    yield* lines;
  }
  const last = open.join('') + decoder.decode();
  if (last !== '') yield last;
}

function unknown(file: string): never {
  throw new ToolError('usage', `what is in ${file} can't be told by its name`, { hint: 'Give --format.' });
}
