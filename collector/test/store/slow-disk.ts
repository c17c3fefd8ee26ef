import { nodeDisk, type Disk } from '../../store/disk.js';

/** The real disk, on which syncs can be made to wait. */
export class SlowDisk {
  #goesOn: Promise<void> = Promise.resolve();
  /** lets all of them go on */
  goOn = (): void => undefined;

  readonly disk: Disk = {
    ...nodeDisk,
    open: async (path, flags) => {
      const file = await nodeDisk.open(path, flags);
      const sync = async (): Promise<void> => {
        await this.#goesOn;
        await file.sync();
      };
      return {
        sync,
        datasync: sync,
        stat: () => file.stat(),
        close: () => file.close(),
        truncate: (length) => file.truncate(length),
        write: (bytes, offset, length, position) => file.write(bytes, offset, length, position),
      };
    },
  };

  stop(): void {
    this.#goesOn = new Promise((resolve) => (this.goOn = resolve));
  }
}
