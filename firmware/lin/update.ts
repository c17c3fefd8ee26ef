/** Stands in for the SDK's `embedded:update`: the image in a file, the one of the two that doesn't run, of any length. */
import { openBoard } from 'firmware/lin/board';

export class Updater {
  private readonly board = openBoard();

  constructor() {
    if (!this.board.lin_slot_begin()) throw new Error('no room for an image');
  }

  write(bytes: Uint8Array): void {
    if (!this.board.lin_slot_write(new Uint8Array(bytes).buffer, bytes.length)) throw new Error('write failed');
  }

  complete(): void {
    if (!this.board.lin_slot_finish()) throw new Error('not an image');
  }

  close(): void {
    this.board.lin_slot_abandon();
  }
}

export default Object.freeze({
  open: (_options: { partition: unknown; byteLength: number }): Updater => new Updater(),
});
