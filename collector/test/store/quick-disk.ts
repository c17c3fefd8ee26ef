import { nodeDisk, type Disk } from '../../store/disk.js';

const nothing = async (): Promise<void> => undefined;

/** The real disk, but a sync does nothing: for tests in which the power stays on. */
export const quickDisk: Disk = {
  ...nodeDisk,
  async open(path, flags) {
    return Object.assign(await nodeDisk.open(path, flags), { sync: nothing, datasync: nothing });
  },
};
