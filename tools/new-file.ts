import { open, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises';

/**
 * A file that gets its name when it is complete and on disk: until then it is `<name>.part`. Where the name is a link,
 * that is so of what it leads to; a device or a pipe is written to as it is, for it must not be replaced.
 */
export class NewFile {
  readonly #handle: FileHandle;
  /** null: it has its name already */
  readonly #name: string | null;

  private constructor(handle: FileHandle, name: string | null) {
    this.#handle = handle;
    this.#name = name;
  }

  /** `mode`: who may read it, less what the umask takes away. */
  static async open(name: string, mode = 0o666): Promise<NewFile> {
    const there = await stat(name).catch(() => null);
    if (there !== null && !there.isFile()) return new NewFile(await open(name, 'w'), null);
    const target = there === null ? name : await realpath(name);
    return new NewFile(await open(`${target}.part`, 'w', mode), target);
  }

  async write(data: string | Uint8Array): Promise<void> {
    await this.#handle.writeFile(data);
  }

  /** It is complete; `ending`: what its name has beside. */
  async keep(ending = ''): Promise<void> {
    if (this.#name !== null) await this.#handle.sync();
    await this.#handle.close();
    if (this.#name !== null) await rename(`${this.#name}.part`, this.#name + ending);
  }

  /** It won't be. */
  async drop(): Promise<void> {
    await this.#handle.close();
    if (this.#name !== null) await rm(`${this.#name}.part`, { force: true });
  }
}
