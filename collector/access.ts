import { readFileSync, statSync } from 'node:fs';
import { Refusal } from './error.js';
import type { Log } from './log.js';
import type { Series, UserId } from './store/store.js';
import { HASHED, hashToken, parseUsers, type User } from './users.js';

/** How long a look at the file's dates is good for. A token that isn't known is always looked for in the newest file. */
const FRESH_MS = 100;

/** A file changed so short before it was read may change again without its dates showing it. */
const RACY_MS = 50;

/**
 * Who may write what. The users file is read again when it changes, however an editor replaces it; while it is broken or
 * missing the last good one stays in force, and `trouble` says so.
 */
export class Access {
  readonly #file: string;
  readonly #log: Log;
  #users = new Map<string, User>();
  #names = new Map<UserId, string>();
  /** tokens that were accepted since the file was read, so that each is hashed once; never one that is only guessed */
  readonly #accepted = new Map<string, User>();
  #seen = '';
  #lookedAt = -Infinity;
  #trouble: string | null = null;

  constructor(file: string, log: Log) {
    this.#file = file;
    this.#log = log;
  }

  /** @throws Error that names the file when it is missing or broken */
  open(): void {
    this.#look();
    if (this.#trouble !== null) throw new Error(this.#trouble);
  }

  /** What is wrong with the users file, or null. */
  trouble(): string | null {
    this.#look();
    return this.#trouble;
  }

  /**
   * The user of a token. The lookup is by hash, so its time says nothing about the tokens in the file; one that was
   * accepted before is found by itself, which tells no more than that somebody else may have used it lately.
   */
  user(token: string): User | undefined {
    if (performance.now() - this.#lookedAt > FRESH_MS) this.#look();
    const known = this.#accepted.get(token);
    if (known !== undefined) return known;
    if (token.startsWith(HASHED)) return undefined;
    const key = hashToken(token);
    let user = this.#users.get(key);
    if (user === undefined) {
      this.#look();
      user = this.#users.get(key);
    }
    if (user !== undefined) this.#accepted.set(token, user);
    return user;
  }

  /** A user's name; undefined when the user is gone. */
  nameOf(id: UserId): string | undefined {
    if (performance.now() - this.#lookedAt > FRESH_MS) this.#look();
    return this.#names.get(id);
  }

  /**
   * The user that `--mqtt-user` means by name or id; without it, the file's only user. The entry that isn't bound to
   * devices where there is the choice. @throws Error that says which there are
   */
  named(wanted: string | null): User {
    this.#look();
    const all = [...this.#users.values()];
    const fitting = all.filter(({ id, name }) => wanted === null || name === wanted || String(id) === wanted);
    if (new Set(fitting.map(({ id }) => id)).size === 1)
      return fitting.find(({ devices }) => devices === null) ?? fitting[0]!;
    const names = [...new Set(all.map(({ id, name }) => `"${name}" (${id})`))].join(', ');
    throw new Error(
      `--mqtt-user: ${fitting.length === 0 ? 'there is no such user' : 'more than one user is meant'}; there are ${names}`,
    );
  }

  #look(): void {
    this.#lookedAt = performance.now();
    try {
      const { mtimeNs, ctimeNs, mtimeMs, ino, size } = statSync(this.#file, { bigint: true });
      const version = `${ino} ${size} ${mtimeNs} ${ctimeNs}`;
      if (version === this.#seen) return;
      this.#seen = Math.abs(Date.now() - Number(mtimeMs)) < RACY_MS ? '' : version;
      this.#users = parseUsers(readFileSync(this.#file, 'utf8'));
      this.#accepted.clear();
      this.#names = new Map([...this.#users.values()].reverse().map(({ id, name }) => [id, name]));
      if (this.#trouble !== null) this.#log.info({ file: this.#file }, 'the users file is good again');
      this.#trouble = null;
    } catch (error) {
      this.#fail(`users file "${this.#file}": ${(error as Error).message}`);
    }
  }

  #fail(trouble: string): void {
    this.#seen = '';
    if (trouble !== this.#trouble) this.#log.error({ file: this.#file }, trouble);
    this.#trouble = trouble;
  }
}

/** A token may be bound to devices; it then writes as those only. @throws Refusal `denied` */
export function mayWriteAs(user: User, device_id: string): void {
  if (user.devices !== null && !user.devices.has(device_id)) throw new Refusal('denied', 'Permission denied');
}

/** A series belongs to the user who made it. @throws Refusal `denied` */
export function mayWriteTo(user: User, series: Series): void {
  if (series.user !== user.id) throw new Refusal('denied', 'Permission denied');
  mayWriteAs(user, series.device_id);
}
