/** Stands in for the SDK's `flash`: 256 kB of NOR flash in a file. */
import { openBoard } from 'firmware/lin/board';

export default class Flash {
  readonly byteLength = 64 * 4096;
  readonly blockSize = 4096;
  private readonly board = openBoard();

  readonly partition: string;

  constructor(partition: string) {
    this.partition = partition;
  }

  erase(sector: number): void {
    this.board.lin_flash_erase(sector);
  }

  read(offset: number, byteLength: number): ArrayBuffer {
    const bytes = new ArrayBuffer(byteLength);
    this.board.lin_flash_read(offset, byteLength, bytes);
    return bytes;
  }

  write(offset: number, byteLength: number, bytes: Uint8Array): void {
    this.board.lin_flash_write(offset, byteLength, new Uint8Array(bytes).buffer);
  }
}
