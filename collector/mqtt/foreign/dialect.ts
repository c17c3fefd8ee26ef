import type { JsonObject } from '../../../firmware/protocol/json.js';

/** What somebody else's device measured just now. */
export interface ForeignReading {
  /** the device's, as it is called there */
  name: string;
  /** sensor → field → value */
  sensors: Record<string, Record<string, number>>;
}

/** How somebody else's firmware speaks. */
export interface Dialect {
  /** where to listen */
  filters: string[];
  /** null: it isn't about a device */
  read(topic: string, payload: JsonObject): ForeignReading | null;
}
