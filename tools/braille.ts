/** Bits of a braille pattern, U+2800 + bits, by row and column within the cell (Unicode chapter 21.1). */
const DOTS = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
];

/** A canvas of dots, 2 × 4 to a character cell; (0, 0) is the upper left dot. */
export class BrailleCanvas {
  /** dots across */
  readonly width: number;
  /** dots down */
  readonly height: number;
  readonly #columns: number;
  readonly #cells: Uint8Array;

  constructor(columns: number, rows: number) {
    this.width = columns * 2;
    this.height = rows * 4;
    this.#columns = columns;
    this.#cells = new Uint8Array(columns * rows);
  }

  dot(x: number, y: number): void {
    if (x < 0 || y < 0 || x >= this.width || y >= this.height) return;
    const cell = (y >> 2) * this.#columns + (x >> 1);
    this.#cells[cell]! |= DOTS[y & 3]![x & 1]!;
  }

  /** A line between two dots, ends included (Bresenham). */
  line(x0: number, y0: number, x1: number, y1: number): void {
    const [dx, dy] = [Math.abs(x1 - x0), -Math.abs(y1 - y0)];
    const [sx, sy] = [Math.sign(x1 - x0), Math.sign(y1 - y0)];
    let [x, y, error] = [x0, y0, dx + dy];
    for (;;) {
      this.dot(x, y);
      if (x === x1 && y === y1) return;
      const twice = 2 * error;
      if (twice >= dy) [error, x] = [error + dy, x + sx];
      if (twice <= dx) [error, y] = [error + dx, y + sy];
    }
  }

  rows(): string[] {
    const rows: string[] = [];
    for (let at = 0; at < this.#cells.length; at += this.#columns) {
      const cells = this.#cells.subarray(at, at + this.#columns);
      rows.push(Array.from(cells, (bits) => (bits === 0 ? ' ' : String.fromCharCode(0x2800 + bits))).join(''));
    }
    return rows;
  }
}
