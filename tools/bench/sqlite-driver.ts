/** Whichever SQLite this Node has: its own (from 22.13 on), or better-sqlite3 where somebody has installed it. */
import { createRequire } from 'node:module';

/** What both have. */
export interface Database {
  exec(sql: string): void;
  prepare(sql: string): Statement;
  close(): void;
}

export interface Statement {
  run(...values: (number | null)[]): { lastInsertRowid: number | bigint };
  get(...values: number[]): unknown;
  all(...values: number[]): unknown[];
}

type Opener = new (file: string) => Database;

const require = createRequire(import.meta.url);

/** Opens a file with it; null when there is none. */
export function findSqlite(): ((file: string) => Database) | null {
  const own = found('node:sqlite') as { DatabaseSync: Opener } | null;
  const Opener = own?.DatabaseSync ?? (found('better-sqlite3') as Opener | null);
  return Opener && ((file) => new Opener(file));
}

function found(name: string): unknown {
  try {
    return require(name);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'MODULE_NOT_FOUND' || code === 'ERR_UNKNOWN_BUILTIN_MODULE') return null;
    throw error;
  }
}
