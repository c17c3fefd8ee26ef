/**
 * What devices send over MQTT: `batch` and `point`, handed to the one door; the answer of HTTP goes out on `reply`
 * (protocol.md §4). A payload that begins as gzip does is unpacked.
 */
import { pointer, ProtocolError } from '../../firmware/protocol/error.js';
import { isObject, member, type Json } from '../../firmware/protocol/json.js';
import type { Limits } from '../../firmware/protocol/limits.js';
import type { MqttReply } from '../../firmware/protocol/reply.js';
import { parseTopic } from '../../firmware/protocol/collector-topic.js';
import { topic } from '../../firmware/protocol/topic.js';
import { Body, isPacked, textOf, tooLarge, unpacked } from '../body.js';
import { parseDocument } from '../document.js';
import { answerTo, Refusal } from '../error.js';
import type { Ingest, Upload } from '../ingest.js';
import type { Log } from '../log.js';
import { isPlain } from '../plain.js';
import type { Store } from '../store/store.js';
import type { User } from '../users.js';
import type { Bus, Message } from './bus.js';
import { Lanes } from './lanes.js';

/** The sensor that a `point` is of, and the field of a bare number. */
const SENSOR = 'point';
const FIELD = 'temp_C';

export interface UploadsParts {
  bus: Bus;
  ingest: Ingest;
  store: Store;
  limits: Limits;
  log: Log;
}

export class Uploads {
  readonly #parts: UploadsParts;
  readonly #lanes = new Lanes();

  constructor(parts: UploadsParts) {
    this.#parts = parts;
  }

  /** Before the bus is opened. */
  attach(): void {
    const { bus } = this.#parts;
    bus.handle(topic('+', 'batch'), (message) => this.#take(message, (device_id) => this.#batch(message, device_id)));
    bus.handle(topic('+', 'point'), (message) => this.#take(message, (device_id) => this.#point(message, device_id)));
  }

  /** @throws what may be taken later */
  async #take(message: Message, store: (device_id: string) => Promise<void>): Promise<void> {
    const device_id = parseTopic(message.topic)?.device_id;
    if (device_id === undefined) {
      // only an outside broker lets that through
      this.#parts.log.warn({ topic: message.topic }, 'MQTT: not a name a device may have');
      return;
    }
    await this.#lanes.take(device_id, async () => {
      try {
        await store(device_id);
      } catch (error) {
        await this.#refuse(message, device_id, error);
      }
    });
  }

  async #batch(message: Message, device_id: string): Promise<void> {
    const { ingest, bus } = this.#parts;
    const answer = await ingest.batch(await this.#upload(message, device_id));
    const reply: MqttReply<typeof answer> = { ...answer, status: answer.stored > 0 ? 201 : 200 };
    // it goes its own way: neither the store nor PUBACK waits for who reads it
    void bus.publish(topic(device_id, 'reply'), JSON.stringify(reply), { qos: 1 });
  }

  async #point(message: Message, device_id: string): Promise<void> {
    // it would be stamped anew with each connection
    if (message.retained) return;
    const document = parseDocument(textOf(await this.#bytes(message)));
    const fields = typeof document === 'number' ? { [FIELD]: document } : numbersIn(document);
    await this.#parts.ingest.arrival({ device_id, sensors: { [SENSOR]: fields }, user: message.user });
  }

  async #upload(message: Message, device_id: string): Promise<Upload> {
    const { user, held } = message;
    const body = new Body(await this.#bytes(message));
    const { outline } = body;
    if (isPlain(outline)) return { body, user, held };
    const named = member(outline, 'device_id');
    if (named === device_id) return { body, user, held };
    if (named !== undefined) throw new ProtocolError('/device_id', `the topic says that the device is "${device_id}"`);
    // named in the text, too, so that what is kept aside can stand by itself
    const { text } = body;
    const rest = Object.keys(outline).length === 0 ? '}' : `,${text.slice(text.indexOf('{') + 1)}`;
    return { body: new Body(Buffer.from(`{"device_id":"${device_id}"${rest}`)), user, held };
  }

  async #bytes({ payload }: Message): Promise<Buffer> {
    const { bytes } = this.#parts.limits;
    if (payload.length > bytes) throw tooLarge(bytes);
    return isPacked(payload) ? unpacked(payload, bytes) : payload;
  }

  /** Answers with the problem. @throws the error again, where the same message may be taken later */
  async #refuse(message: Message, device_id: string, error: unknown): Promise<void> {
    const { bus, log } = this.#parts;
    const { problem, temporary, retryAfter } = answerTo(error);
    const about = { topic: message.topic, code: problem.code };
    if (problem.status === 500) log.error({ ...about, err: error }, 'MQTT message failed');
    else log.warn(about, `MQTT: ${problem.detail}`);
    const reply: MqttReply<typeof problem> = { ...problem };
    if (retryAfter !== undefined) reply.retry_after = retryAfter;
    const where = topic(device_id, 'reply');
    // nobody makes another's device believe that it was refused
    if (!temporary && (await this.#isTheirs(message.user, device_id)))
      void bus.publish(where, JSON.stringify(reply), { qos: 1 });
    else await message.tell(where, JSON.stringify(reply));
    if (temporary) throw error;
  }

  async #isTheirs(user: User, device_id: string): Promise<boolean> {
    if (user.devices !== null && !user.devices.has(device_id)) return false;
    const device = await this.#parts.store.device(device_id);
    return device === undefined || device.user === user.id;
  }
}

/** @throws Refusal, ProtocolError */
function numbersIn(document: Json): Record<string, number | null> {
  if (!isObject(document)) throw new Refusal('malformed', 'A point must be a number or a JSON object of fields');
  for (const [name, value] of Object.entries(document))
    if (typeof value !== 'number' && value !== null)
      throw new ProtocolError(pointer(name), 'a field of a point must be a number or null');
  return document as Record<string, number | null>;
}
