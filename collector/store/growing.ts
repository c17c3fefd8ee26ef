/** Arrays that grow at the end. Rows once written never change, so a view of them stays true while more are added. */
import type { Json } from '../../firmware/protocol/json.js';
import { ABSENT, NULL, valueAt } from './rows.js';
import type { Column } from './store.js';

const FIRST = 16;

/** Numbers in a typed array with room to grow. */
export class GrowingNumbers {
  length = 0;
  #values = new Float64Array(FIRST);

  push(value: number): void {
    if (this.length === this.#values.length) this.#grow(this.length + 1);
    this.#values[this.length++] = value;
  }

  /** Room for `count` more at once. */
  reserve(count: number): void {
    if (this.length + count > this.#values.length) this.#grow(this.length + count);
  }

  at(row: number): number {
    return this.#values[row]!;
  }

  view(from: number, to: number): Float64Array {
    return this.#values.subarray(from, to);
  }

  #grow(least: number): void {
    const larger = new Float64Array(Math.max(least, this.#values.length * 2));
    larger.set(this.#values.subarray(0, this.length));
    this.#values = larger;
  }
}

/** One field: packed numbers until a value comes that is neither number nor null, a plain array from then on. */
export class GrowingColumn {
  readonly #numbers = new GrowingNumbers();
  #values: (Json | undefined)[] | null = null;

  /** Sets the value of `row`; rows in between don't have the field. */
  set(row: number, value: Json): void {
    this.pad(row);
    if (this.#values === null && (value === null || typeof value === 'number')) {
      // + 0 makes -0 what JSON makes of it, 0.
      this.#numbers.push(value === null ? NULL : value + 0);
      return;
    }
    this.#values ??= this.#unpacked();
    this.#values.push(value);
  }

  /** Sets the values of consecutive rows, from index `skip` of `values` on. */
  setAll(row: number, values: (number | null)[], skip: number): void {
    if (this.#values !== null) {
      for (let i = skip; i < values.length; i++) this.set(row + i - skip, values[i]!);
      return;
    }
    this.pad(row);
    const numbers = this.#numbers;
    numbers.reserve(values.length - skip);
    for (let i = skip; i < values.length; i++) {
      const value = values[i]!;
      numbers.push(value === null ? NULL : value + 0);
    }
  }

  /** Makes the column as long as the rows before `row`, with nothing in what is new. */
  pad(row: number): void {
    if (this.#values === null) while (this.#numbers.length < row) this.#numbers.push(ABSENT);
    else while (this.#values.length < row) this.#values.push(undefined);
  }

  /** Rows `from` up to `to`. */
  view(from: number, to: number): Column {
    this.pad(to);
    return this.#values?.slice(from, to) ?? this.#numbers.view(from, to);
  }

  #unpacked(): (Json | undefined)[] {
    const numbers = this.#numbers.view(0, this.#numbers.length);
    return Array.from(numbers, (_, row) => valueAt(numbers, row));
  }
}
