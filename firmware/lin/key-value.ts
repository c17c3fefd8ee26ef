/** Stands in for ECMA-419's key-value storage: each key a file, written whole or not at all, as NVS does. */
import { openBoard } from 'firmware/lin/board';

class Store {
  private readonly board = openBoard();

  read(key: string): ArrayBuffer | undefined {
    const text = this.board.lin_note(key);
    return text === '' ? undefined : ArrayBuffer.fromString(text);
  }

  write(key: string, value: ArrayBuffer): void {
    this.board.lin_set_note(key, String.fromArrayBuffer(value));
  }
}

export default Object.freeze({ open: (_options: { path: string }): Store => new Store() });
