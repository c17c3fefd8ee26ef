/**
 * What the collector needs of MQTT, whoever the broker is: ours (embedded.ts) or somebody else's (client.ts). Who wants
 * to be told of topics says so by `handle` before `open`; publishing is possible from then on.
 */
import type { MqttShape } from '../../firmware/protocol/rest.js';
import type { User } from '../users.js';

/** A message that somebody published. */
export interface Message {
  topic: string;
  payload: Buffer;
  /** an old one, which an outside broker had kept for new subscribers */
  retained: boolean;
  /** an outside broker may have held it: it need not have been sent just now */
  held: boolean;
  /** the sender waits for an acknowledgement (QoS 1 or 2) */
  awaited: boolean;
  /** whose it is: that of the sender's token, or the one that stands for an outside broker */
  user: User;
  /** Sends a message to nobody but the sender where the broker is ours; else publishes it. QoS 1, never rejects. */
  tell(topic: string, payload: string): Promise<void>;
}

/**
 * Takes a message, and is through once what it means is on disk: only then is it acknowledged (PUBACK). A rejection means
 * that it could not be taken now: it stays unacknowledged, the connection is closed, and whoever has it sends it again.
 * A message that will never be right is answered or logged, not rejected.
 */
export type Handler = (message: Message) => Promise<void>;

export interface PublishOptions {
  /** default 0 */
  qos?: 0 | 1;
  /** kept by the broker for who subscribes later; default false */
  retain?: boolean;
}

export interface Bus {
  /** @throws Error that says what is wrong, when it can't be used at all */
  open(): Promise<void>;
  /** Lets handlers finish what they are at, then ends every connection. May be called twice. */
  close(): Promise<void>;

  /** Calls the handler for each message whose topic the filter matches (`+`, `#`). Before `open`. */
  handle(filter: string, handler: Handler): void;

  /**
   * Publishes. Resolves when the broker has it; without a connection to an outside broker the message is dropped, and
   * `onOnline` is the moment to say it again. Never rejects.
   */
  publish(topic: string, payload: string, options?: PublishOptions): Promise<void>;

  /** Calls the listener whenever publishing begins to make sense: with the first client, after each reconnection. */
  onOnline(listener: () => void): void;

  status(): MqttShape;
}
