import { open, rename, rm, type FileHandle } from 'node:fs/promises';

/** A file that gets its name when it is complete and on disk: until then it is `<name>.part`. */
export class NewFile {
  readonly name: string;
  readonly #handle: FileHandle;

  private constructor(name: string, handle: FileHandle) {
    this.name = name;
    this.#handle = handle;
  }

  /** `mode`: who may read it, less what the umask takes away. */
  static async open(name: string, mode = 0o666): Promise<NewFile> {
    return new NewFile(name, await open(`${name}.part`, 'w', mode));
  }

  async write(data: string | Uint8Array): Promise<void> {
    await this.#handle.writeFile(data);
  }

  /** It is complete, if need be under another name. */
  async keep(name = this.name): Promise<void> {
    await this.#handle.sync();
    await this.#handle.close();
    await rename(`${this.name}.part`, name);
  }

  /** It won't be. */
  async drop(): Promise<void> {
    await this.#handle.close();
    await rm(`${this.name}.part`, { force: true });
  }
}
