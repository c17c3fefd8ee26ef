/** Other people's firmware, where the collector was told to accept it: its readings go through the door of all others. */
import { isUtf8 } from 'node:buffer';
import { isObject, type Json, type JsonObject } from '../../../firmware/protocol/json.js';
import { RESERVED_DEVICE, TEXT_MAX, type Limits } from '../../../firmware/protocol/limits.js';
import type { Foreign as Name } from '../../config.js';
import { answerTo } from '../../error.js';
import type { Ingest } from '../../ingest.js';
import type { Log } from '../../log.js';
import type { Bus, Message } from '../bus.js';
import type { Dialect, ForeignReading } from './dialect.js';
import { nameOf } from './name.js';
import { tasmota } from './tasmota.js';
import { zigbee2mqtt } from './zigbee2mqtt.js';

const DIALECTS: Record<Name, Dialect> = { tasmota, zigbee2mqtt };

export interface ForeignParts {
  bus: Bus;
  ingest: Ingest;
  limits: Limits;
  log: Log;
}

export class Foreign {
  readonly #parts: ForeignParts;

  constructor(parts: ForeignParts) {
    this.#parts = parts;
  }

  /** Before the bus is opened. */
  attach(names: readonly Name[]): void {
    for (const name of names)
      for (const filter of DIALECTS[name].filters)
        this.#parts.bus.handle(filter, (message) => this.#take(message, DIALECTS[name]));
  }

  /** @throws what may be taken later, where the sender waits for that */
  async #take(message: Message, dialect: Dialect): Promise<void> {
    // an old one: when it was measured nobody knows
    if (message.retained) return;
    const payload = this.#parsed(message.payload);
    const reading = payload && dialect.read(message.topic, payload);
    if (reading === null || Object.keys(reading.sensors).length === 0) return;
    await this.#store(message, reading);
  }

  async #store({ topic, user, awaited }: Message, { name, sensors }: ForeignReading): Promise<void> {
    const device_id = deviceOf(name);
    const described = name === device_id ? {} : { device_desc: name.slice(0, TEXT_MAX) };
    try {
      await this.#parts.ingest.arrival({ device_id, ...described, sensors, user });
    } catch (error) {
      const { problem, temporary } = answerTo(error);
      this.#parts.log.warn({ topic, code: problem.code }, `MQTT: ${problem.detail}`);
      if (problem.status === 500) this.#parts.log.error({ topic, err: error }, 'MQTT message failed');
      // who doesn't wait for an answer would lose its connection, and the message all the same
      if (temporary && awaited) throw error;
    }
  }

  /** null: not an object, or too long to be one that we want. */
  #parsed(payload: Buffer): JsonObject | null {
    if (payload.length > this.#parts.limits.bytes || !isUtf8(payload)) return null;
    try {
      const document = JSON.parse(payload.toString()) as Json;
      return isObject(document) ? document : null;
    } catch {
      return null;
    }
  }
}

function deviceOf(name: string): string {
  const device_id = nameOf(name);
  return device_id === RESERVED_DEVICE ? `${device_id}-1` : device_id;
}
