/** Who may connect to our own broker, publish and subscribe there (protocol.md §4; README "MQTT"). */
import { parseTopic } from '../../firmware/protocol/collector-topic.js';
import type { Access } from '../access.js';
import type { User } from '../users.js';

/** Return codes of CONNACK (MQTT 3.1.1 §3.2.2.3). */
export const UNAVAILABLE = 3;
const BAD_PASSWORD = 4;
const NOT_AUTHORIZED = 5;

/** Everything under this is between the collector and its devices. */
const OURS = /^thermowell(\/|$)/;

/** `user` null: somebody who may only listen. */
export type Admission = { user: User | null } | { returnCode: number };

export class Gate {
  readonly #access: Access;
  readonly #private: boolean;

  constructor(access: Access, isPrivate: boolean) {
    this.#access = access;
    this.#private = isPrivate;
  }

  /** The password is the token; without one a client may listen, unless reading is private. */
  admit(password: Uint8Array | string | undefined): Admission {
    if (password === undefined || password.length === 0)
      return this.#private ? { returnCode: NOT_AUTHORIZED } : { user: null };
    const token = typeof password === 'string' ? password : Buffer.from(password).toString();
    const user = this.#access.user(token);
    return user === undefined ? { returnCode: BAD_PASSWORD } : { user };
  }

  /**
   * Why a client may not publish on a topic, or null. Of ours it may use `batch` and `point`, where the upload itself
   * is checked; `$` is the broker's; all others are free, as on any broker, but not for a token bound to devices.
   */
  objection(user: User | null, topic: string): string | null {
    if (user === null) return 'publishing takes a token as password';
    if (topic.startsWith('$')) return 'topics that begin with $ are the broker’s';
    if (isUpload(topic)) return null;
    if (OURS.test(topic)) return 'under thermowell/ there is <device id>/batch and <device id>/point to publish on';
    return user.devices === null ? null : 'this token is bound to devices: only their batch and point';
  }
}

/** Whether devices upload on this topic. */
export function isUpload(topic: string): boolean {
  const kind = parseTopic(topic)?.kind;
  return kind === 'batch' || kind === 'point';
}
