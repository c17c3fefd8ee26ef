/**
 * What Home Assistant demands of a discovery message, written from its documentation: "MQTT", "MQTT sensor", "Binary
 * sensor" (home-assistant.io/integrations) and "Sensor entity" (developers.home-assistant.io), as of 2025.10.
 */
const text = { type: 'string', pattern: '\\S' };
const url = { type: 'string', pattern: '^https?://[^\\s]+$' };
/** neither wildcards nor empty levels */
const topic = { type: 'string', pattern: '^[^#+\\s/]+(/[^#+\\s/]+)*$' };

/** `[<prefix>/]<component>/[<node>/]<object>/config`, ids of these letters only. */
export const CONFIG_TOPIC = /^[^#+\s]+?\/(sensor|binary_sensor)\/[a-zA-Z0-9_-]+\/[a-zA-Z0-9_-]+\/config$/;

const device = {
  type: 'object',
  required: ['name'],
  anyOf: [{ required: ['identifiers'] }, { required: ['connections'] }],
  additionalProperties: false,
  properties: {
    identifiers: { type: 'array', minItems: 1, items: text },
    connections: {
      type: 'array',
      items: {
        type: 'array',
        prefixItems: [{ const: 'mac' }, { pattern: '^([0-9a-f]{2}:){5}[0-9a-f]{2}$' }],
        items: false,
      },
    },
    name: text,
    manufacturer: text,
    model: text,
    sw_version: text,
    via_device: text,
    configuration_url: url,
  },
};

const origin = {
  type: 'object',
  required: ['name'],
  additionalProperties: false,
  properties: { name: text, sw_version: text, support_url: url },
};

const entity = {
  name: text,
  unique_id: text,
  state_topic: topic,
  availability: {
    type: 'array',
    items: { type: 'object', required: ['topic'], properties: { topic }, additionalProperties: false },
  },
  entity_category: { const: 'diagnostic' },
  device,
  origin,
};

/** device class → units it may have */
const UNITS: Record<string, string[]> = {
  atmospheric_pressure: ['hPa', 'kPa', 'mbar', 'Pa'],
  battery: ['%'],
  carbon_dioxide: ['ppm'],
  current: ['A', 'mA'],
  duration: ['s', 'min', 'h', 'd', 'ms'],
  energy: ['Wh', 'kWh', 'MWh'],
  frequency: ['Hz', 'kHz', 'MHz', 'GHz'],
  humidity: ['%'],
  illuminance: ['lx'],
  moisture: ['%'],
  power: ['W', 'kW'],
  pressure: ['hPa', 'kPa', 'mbar', 'Pa'],
  signal_strength: ['dB', 'dBm'],
  temperature: ['°C', '°F', 'K'],
  voltage: ['V', 'mV'],
};

/** One of these, or no class at all; what is counted up has no momentary value. */
const fits = [
  { not: { required: ['device_class'] } },
  ...Object.entries(UNITS).map(([name, units]) => ({
    required: ['device_class', 'unit_of_measurement'],
    properties: {
      device_class: { const: name },
      unit_of_measurement: { enum: units },
      state_class: { enum: name === 'energy' ? ['total', 'total_increasing'] : ['measurement'] },
    },
  })),
];

export const SENSOR = {
  type: 'object',
  required: ['name', 'unique_id', 'state_topic', 'value_template', 'device', 'origin', 'expire_after'],
  additionalProperties: false,
  properties: {
    ...entity,
    default_entity_id: { type: 'string', pattern: '^sensor\\.[a-z0-9]+(_[a-z0-9]+)*$' },
    device_class: { enum: Object.keys(UNITS) },
    state_class: { enum: ['measurement', 'total', 'total_increasing'] },
    unit_of_measurement: text,
    value_template: {
      type: 'string',
      pattern: '^\\{\\{ value_json\\.[A-Za-z_][A-Za-z0-9_]* if value_json is defined else None \\}\\}$',
    },
    expire_after: { type: 'integer', minimum: 1 },
    suggested_display_precision: { type: 'integer', minimum: 0, maximum: 6 },
  },
  anyOf: fits,
};

export const BINARY_SENSOR = {
  type: 'object',
  required: ['name', 'unique_id', 'state_topic', 'device', 'origin'],
  additionalProperties: false,
  properties: {
    ...entity,
    default_entity_id: { type: 'string', pattern: '^binary_sensor\\.[a-z0-9]+(_[a-z0-9]+)*$' },
    device_class: { const: 'connectivity' },
    payload_on: text,
    payload_off: text,
  },
};
