/**
 * An ext4 file system of our own, in an image on a loop device, whose power can be cut: from then on nothing reaches the
 * image, and what was written but not synced is gone (EXT4_IOC_SHUTDOWN without a flush of its journal). Needs root.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

const MIB = 1024 * 1024;

/** _IOR('X', 125, __u32), and EXT4_GOING_FLAGS_NOLOGFLUSH: linux/fs/ext4/ext4.h */
const SHUTDOWN = 'import os,fcntl,sys;fcntl.ioctl(os.open(sys.argv[1],0),0x8004587d,(2).to_bytes(4,sys.byteorder))';

/** What has to be there, and how it shows that it is. */
const NEEDED: [what: string, command: string[]][] = [
  ['python3', ['python3', '--version']],
  ['mkfs.ext4', ['mkfs.ext4', '-V']],
  ['mount', ['mount', '--version']],
];

export class LoopDisk {
  readonly #home = mkdtempSync(join(tmpdir(), 'thermowell-loop-'));
  readonly #image = join(this.#home, 'image');
  /** where it is mounted */
  readonly folder = join(this.#home, 'mounted');

  /** What of it can't be had here, in words; null when all can. */
  static missing(): string | null {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'root on Linux';
    for (const [what, command] of NEEDED) if (!works(command)) return what;
    const disk = new LoopDisk();
    try {
      disk.#make();
      return null;
    } catch (error) {
      return `a loop device (${String(error).split('\n').join(' ').trim()})`;
    } finally {
      disk.#remove();
    }
  }

  /** A mounted one that goes with the test. */
  static open(): LoopDisk {
    const disk = new LoopDisk();
    const atExit = (): void => disk.#remove();
    process.once('exit', atExit);
    onTestFinished(() => {
      process.off('exit', atExit);
      disk.#remove();
    });
    disk.#make();
    return disk;
  }

  cut(): void {
    run(['python3', '-c', SHUTDOWN, this.folder]);
  }

  /** As after the next boot. Nobody may have a file open on it. */
  remount(): void {
    run(['umount', this.folder]);
    this.#mount();
  }

  #make(): void {
    mkdirSync(this.folder);
    writeFileSync(this.#image, '');
    truncateSync(this.#image, 64 * MIB);
    run(['mkfs.ext4', '-q', '-E', 'lazy_itable_init=0,lazy_journal_init=0', this.#image]);
    this.#mount();
  }

  /** The loop device that it sets up goes with the mount. */
  #mount(): void {
    run(['mount', '-o', 'loop', this.#image, this.folder]);
  }

  #remove(): void {
    if (!works(['umount', this.folder])) works(['umount', '--lazy', this.folder]);
    rmSync(this.#home, { recursive: true, force: true });
  }
}

function run([command, ...args]: string[]): void {
  execFileSync(command!, args, { stdio: ['ignore', 'pipe', 'pipe'] });
}

function works(command: string[]): boolean {
  try {
    run(command);
    return true;
  } catch {
    return false;
  }
}
