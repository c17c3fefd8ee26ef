/**
 * A backup: a tar archive of the data folder's files, as any `tar tf` shows it, and behind them, written last, what
 * proves that it is whole:
 *
 *   catalog.json  journal/00000012.ndjson  series/5/00000012-0.json.gz …  quarantine/…  users.json  backup.json
 *
 *   backup.json: {"version":1,"thermowell":"0.1.0","made":"2026-11-22T17:00:00.000Z","files":31,"checksum":"9f3a17c2"}
 *
 * `checksum` is the CRC-32, in hex, of all names and contents before it, in order. Tokens are in it by their hashes. Where
 * files were damaged, `damaged` names them: those that can be read are in the archive as they were.
 */
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { extract, pack } from 'tar-stream';
import { isObject, type Json } from '../firmware/protocol/json.js';
import { VERSION } from '../firmware/protocol/version.js';
import { hex } from './store/envelope.js';
import type { CopiedFile } from './store/store.js';
import { withoutSecrets } from './users.js';

const PROOF = 'backup.json';
const FORMAT = 1;
const NAME = /^(?:[\w-][\w.-]*\/){0,2}[\w-][\w.-]*$/;

/** What backup.json says. */
export interface Proof {
  version: number;
  thermowell: string;
  made: string;
  files: number;
  checksum: string;
  /** absent where all was in order */
  damaged?: DamagedCopy[];
}

export interface DamagedCopy {
  file: string;
  what: string;
  /** it is in the archive as it was; else it couldn't be read */
  kept: boolean;
}

/** A file of an archive that can be read. */
export interface ArchivedFile {
  name: string;
  bytes: Uint8Array;
}

/** An archive that can't be restored; the message says why. */
export class ArchiveError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ArchiveError';
  }
}

/** The archive of these files and of the users file, at `now` (ms). */
export function writeArchive(files: AsyncIterable<CopiedFile>, users: string, now: number): Readable {
  const archive = pack();
  const put = (name: string, bytes: Uint8Array) =>
    new Promise<void>((resolve, reject) => {
      const header = { name, size: bytes.length, mode: 0o600, mtime: new Date(now) };
      archive.entry(header, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), (error) =>
        error ? reject(error) : resolve(),
      );
    });
  const write = async (): Promise<void> => {
    const sum = new Sum();
    const damaged: DamagedCopy[] = [];
    for await (const { name, bytes, damage } of withUsers(files, users)) {
      if (damage !== undefined) damaged.push({ file: name, what: damage, kept: bytes !== null });
      if (bytes === null) continue;
      sum.add(name, bytes);
      await put(name, bytes);
    }
    const proof: Proof = { version: FORMAT, thermowell: VERSION, made: new Date(now).toISOString(), ...sum.total };
    if (damaged.length > 0) proof.damaged = damaged;
    await put(PROOF, Buffer.from(`${JSON.stringify(proof)}\n`));
    archive.finalize();
  };
  write().catch((error: Error) => archive.destroy(error));
  return Readable.from(archive);
}

/** Hands out the files of an archive in order, and its proof when all of it is right. @throws ArchiveError */
export async function readArchive(
  bytes: AsyncIterable<Uint8Array>,
  take: (file: ArchivedFile) => Promise<void>,
): Promise<Proof> {
  const sum = new Sum();
  let proof: Proof | null = null;
  const archive = extract();
  const source = Readable.from(bytes);
  source.on('error', (error) => archive.destroy(error)).pipe(archive);
  try {
    for await (const entry of archive) {
      const { name, type } = entry.header;
      if (proof !== null) throw new ArchiveError(`${name} follows ${PROOF}`);
      if (type !== 'file' || !NAME.test(name)) throw new ArchiveError(`"${name}" is no file of a data folder`);
      const pieces: Buffer[] = [];
      for await (const piece of entry) pieces.push(piece as Buffer);
      const file = { name, bytes: Buffer.concat(pieces) };
      if (name === PROOF) proof = readProof(file.bytes);
      else {
        sum.add(name, file.bytes);
        await take(file);
      }
    }
  } catch (error) {
    // the source's own errors are not the archive's
    if (!(error instanceof Error) || error.constructor !== Error || 'code' in error) throw error;
    throw new ArchiveError(`it is no archive, or a part of one: ${error.message}`, { cause: error });
  }
  if (proof === null) throw new ArchiveError('its end is missing');
  const { files, checksum } = sum.total;
  if (proof.files !== files || proof.checksum !== checksum) throw new ArchiveError('it is not what was written');
  return proof;
}

async function* withUsers(files: AsyncIterable<CopiedFile>, users: string): AsyncGenerator<CopiedFile> {
  yield* files;
  try {
    yield { name: 'users.json', bytes: Buffer.from(withoutSecrets(await readFile(users, 'utf8'))) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT') yield { name: 'users.json', bytes: null, damage: message };
  }
}

/** Of names and contents, in order. */
class Sum {
  #files = 0;
  #crc = 0;

  add(name: string, bytes: Uint8Array): void {
    this.#files++;
    this.#crc = crc32(`${name}\n`, this.#crc);
    // of no bytes at all Node's answer may be 0, whatever came before
    if (bytes.length > 0) this.#crc = crc32(bytes, this.#crc);
  }

  get total(): Pick<Proof, 'files' | 'checksum'> {
    return { files: this.#files, checksum: hex(this.#crc) };
  }
}

function readProof(bytes: Buffer): Proof {
  const proof = JSON.parse(bytes.toString()) as Json;
  if (!isObject(proof)) throw new ArchiveError(`its ${PROOF} is no proof`);
  if (proof['version'] !== FORMAT)
    throw new ArchiveError(`it is of version ${JSON.stringify(proof['version'])}, which this Thermowell doesn't know`);
  return proof as unknown as Proof;
}
