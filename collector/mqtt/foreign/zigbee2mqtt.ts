/**
 * Zigbee2MQTT's devices (zigbee2mqtt.io/guide/usage/mqtt_topics_and_messages.html): `zigbee2mqtt/<name>`, one flat object.
 *
 *   {"battery":97,"humidity":45.1,"linkquality":123,"temperature":21.5,"voltage":2995}
 *
 * A name may have slashes. What is about the bridge, asks for something or tells whether a device is there is none.
 */
import type { Dialect } from './dialect.js';
import { fieldOf } from './measured.js';

const BASE = 'zigbee2mqtt/';
const OTHERS = /^bridge(\/|$)|\/(set|get|availability|action)(\/|$)/;

/** Batteries are in millivolts, the mains in volts. */
const MILLIVOLTS_FROM = 1000;

/** A time, not a measurement. */
const LAST_SEEN = 'last_seen';

/** What the one sensor of a device is called. */
const SENSOR = 'zigbee';

export const zigbee2mqtt: Dialect = {
  filters: [`${BASE}#`],
  read(topic, payload) {
    const name = topic.slice(BASE.length);
    if (name === '' || OTHERS.test(name)) return null;
    const fields: Record<string, number> = {};
    for (const [key, value] of Object.entries(payload)) {
      const field = fieldOf(key);
      if (field === null || key === LAST_SEEN || typeof value !== 'number' || !Number.isFinite(value)) continue;
      if (key === 'voltage' && value >= MILLIVOLTS_FROM) fields['batt_V'] = value / 1000;
      else fields[field] = value;
    }
    return { name, sensors: Object.keys(fields).length === 0 ? {} : { [SENSOR]: fields } };
  },
};
