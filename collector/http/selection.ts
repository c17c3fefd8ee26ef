import type { Block, Column } from '../store/store.js';

export interface Selection {
  /** only these; null: all */
  fields: string[] | null;
  limit: number;
}

/**
 * Of the points of some blocks those that have one of the fields, up to a limit; their other fields left out. Ends early
 * when the client has `left`: what has to be complete before it is sent is read for nobody then.
 */
export async function* select(
  blocks: AsyncIterable<Block> | Block[],
  { fields, limit }: Selection,
  left: () => boolean = () => false,
): AsyncGenerator<Block> {
  let room = limit;
  for await (const block of blocks) {
    const chosen = fields === null ? block : withFields(block, fields);
    const taken = chosen.length > room ? { ...chosen, length: room } : chosen;
    if (taken.length > 0) yield taken;
    room -= taken.length;
    if (room <= 0 || left()) return;
  }
}

function withFields(block: Block, names: string[]): Block {
  const fields = new Map<string, Column>();
  for (const name of names) {
    const column = block.fields.get(name);
    if (column !== undefined) fields.set(name, column);
  }
  const chosen = { ...block, fields };
  const columns = [...fields.values()];
  const rows: number[] = [];
  for (let i = 0; i < block.length; i++) if (columns.some((column) => has(column, i))) rows.push(i);
  return rows.length === block.length ? chosen : picked(chosen, rows);
}

/** Absent is undefined, in packed columns NaN (store.ts, `Column`). */
function has(column: Column, i: number): boolean {
  const value = column[i];
  return value !== undefined && !Number.isNaN(value);
}

function picked(block: Block, rows: number[]): Block {
  const { estimated } = block;
  return {
    length: rows.length,
    time: Float64Array.from(rows, (i) => block.time[i]!),
    id: Float64Array.from(rows, (i) => block.id[i]!),
    fields: new Map(Array.from(block.fields, ([name, column]) => [name, pickedColumn(column, rows)])),
    estimated: estimated === null ? null : Uint8Array.from(rows, (i) => estimated[i]!),
  };
}

function pickedColumn(column: Column, rows: number[]): Column {
  return column instanceof Float64Array ? Float64Array.from(rows, (i) => column[i]!) : rows.map((i) => column[i]);
}
