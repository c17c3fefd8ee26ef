/**
 * Home Assistant's MQTT discovery (home-assistant.io/integrations/mqtt, "MQTT discovery"): what is on a topic
 * `homeassistant/sensor/<node>/<object>/config`, retained, is an entity; an empty payload removes it. Pure: what is known
 * of a series goes in, topics and payloads come out.
 */
import { createHash } from 'node:crypto';
import { COLLECTOR_STATUS, stateTopic } from '../../firmware/protocol/collector-topic.js';
import { VERSION } from '../../firmware/protocol/version.js';
import { byWeight, quantityOf } from './quantity.js';

export interface Outgoing {
  topic: string;
  /** JSON, '' takes away what was there */
  payload: string;
}

/** Where discovery topics begin, and what page a device links to. */
export interface Scene {
  prefix: string;
  /** null: not known */
  page: string | null;
}

/** A series as Home Assistant is told of it. */
export interface Described {
  id: number;
  device_id: string;
  /** the device's, '' where it has none */
  device_desc: string;
  /** null: filled by hand */
  sensor: string | null;
  desc: string | null;
  unit?: string;
  /** those with numbers */
  fields: ReadonlySet<string>;
  /** how often values come, ms; null while unknown */
  every: number | null;
  /** of the firmware, where it is ours */
  version: string | null;
}

/** Seconds after which a value is called unknown: the next step from three upload periods on. */
const EXPIRIES = [300, 600, 1200, 1800, 3600, 7200, 14_400, 28_800, 43_200, 86_400, 172_800, 604_800];
const PERIODS = 3;
const EXPIRY_UNKNOWN = 3600;

const MAC = /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i;

/** The collector's own name there, of which no device's can be. */
const COLLECTOR = 'thermowell_collector';

const ORIGIN = { name: 'Thermowell', sw_version: VERSION };

/** For how long a value that comes every so many ms says how things are, seconds. */
export function expiryOf(every: number | null): number {
  if (every === null) return EXPIRY_UNKNOWN;
  return EXPIRIES.find((seconds) => seconds * 1000 >= PERIODS * every) ?? EXPIRIES.at(-1)!;
}

/** Where the values of a series are (protocol.md §4); one that is filled by hand is called by its id. */
export function stateTopicOf({ id, device_id, sensor }: Pick<Described, 'id' | 'device_id' | 'sensor'>): string {
  return sensor === null ? stateTopic(plain(device_id), `series-${id}`) : stateTopic(device_id, sensor);
}

/** One entity per field. */
export function entitiesOf(series: Described, scene: Scene): Outgoing[] {
  const { id, device_id, sensor } = series;
  const node = `thermowell_${plain(device_id)}`;
  return [...series.fields].sort(byWeight).map((field, i) => {
    const { title, device_class, unit, state_class, precision, diagnostic } = quantityOf(field, series.unit);
    const called = worded(series.desc) ?? sensor ?? title;
    const name = i === 0 ? called : `${called} ${title}`;
    const device_name = worded(series.device_desc) ?? worded(device_id) ?? `Series ${id}`;
    const config = {
      name,
      // never another's: a name has no slash, and a series filled by hand has none at all
      unique_id: ['thermowell', device_id, ...(sensor === null ? ['', id] : [sensor]), field].join('/'),
      default_entity_id: `sensor.${slug(`${device_name} ${name}`) || slug(`thermowell ${id} ${field}`)}`,
      ...(device_class !== undefined && { device_class }),
      state_class,
      ...(unit !== undefined && { unit_of_measurement: unit }),
      ...(precision !== undefined && { suggested_display_precision: precision }),
      ...(diagnostic && { entity_category: 'diagnostic' }),
      state_topic: stateTopicOf(series),
      // nothing on the topic: the value has grown old
      value_template: `{{ value_json.${field} if value_json is defined else None }}`,
      expire_after: expiryOf(series.every),
      availability: [{ topic: COLLECTOR_STATUS }],
      device: deviceOf(series, device_name, scene),
      origin: ORIGIN,
    };
    const object = `${sensor === null ? `series-${id}` : plain(sensor)}_${field}`;
    return { topic: `${scene.prefix}/sensor/${node}/${object}/config`, payload: JSON.stringify(config) };
  });
}

/** The collector itself: whether it is up. Boards are shown as connected by way of it. */
export function collectorEntity({ prefix, page }: Scene): Outgoing {
  const config = {
    name: 'Collector',
    unique_id: COLLECTOR,
    default_entity_id: `binary_sensor.${COLLECTOR}`,
    device_class: 'connectivity',
    entity_category: 'diagnostic',
    state_topic: COLLECTOR_STATUS,
    payload_on: 'online',
    payload_off: 'offline',
    device: {
      identifiers: [COLLECTOR],
      name: 'Thermowell',
      manufacturer: 'Thermowell',
      model: 'Collector',
      sw_version: VERSION,
      ...(page !== null && { configuration_url: page }),
    },
    origin: ORIGIN,
  };
  return { topic: `${prefix}/binary_sensor/${COLLECTOR}/status/config`, payload: JSON.stringify(config) };
}

function deviceOf({ device_id, version }: Described, name: string, { page }: Scene) {
  return {
    identifiers: [`thermowell/${device_id}`],
    ...(MAC.test(device_id) && { connections: [['mac', device_id.toLowerCase()]] }),
    name,
    ...(version !== null && { manufacturer: 'Thermowell', model: 'Board', sw_version: version }),
    via_device: COLLECTOR,
    ...(page !== null && { configuration_url: page }),
  };
}

/** A name in the letters that a discovery topic may have; two names that differ stay two. */
function plain(name: string): string {
  const letters = name.replaceAll(/[^A-Za-z0-9_-]/g, '_');
  if (letters !== '' && (letters === name || MAC.test(name))) return letters;
  return `${letters.slice(0, 64)}_${createHash('sha256').update(name).digest('hex').slice(0, 8)}`;
}

function slug(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[\u0300-\u036f]/g, '')
    .replaceAll(/[^a-z0-9]+/g, '_')
    .slice(0, 100)
    .replaceAll(/^_|_$/g, '');
}

/** A text that people can read something in, or null. */
function worded(text: string | null): string | null {
  const words = (text ?? '').trim();
  return words === '' ? null : words;
}
