/** What `/openapi.json` says of each route. It documents; the checking is done where the values are used. */
import { KINDS } from '../alarms/rule.js';
import { AGGREGATES } from '../store/store.js';
import { FORMATS } from './series-query.js';

const string = { type: 'string' };
const integer = { type: 'integer' };
const number = { type: 'number' };
const ID = { type: 'object', required: ['id'], properties: { id: { ...string, description: 'an id, as answered' } } };

const SERIES_QUERY = {
  type: 'object',
  properties: {
    from: {
      ...string,
      description: 'ISO 8601, epoch seconds or ms, or a span back from now (-6h); default: to − 2 days',
    },
    to: { ...string, description: 'as from; default: now' },
    format: { ...string, enum: FORMATS },
    fields: { ...string, description: 'only these, by comma' },
    limit: integer,
    raw: { ...string, enum: ['true', 'false'], description: "without the series' calibration" },
    order: { ...string, enum: ['asc', 'desc'] },
    buckets: { ...integer, description: 'sum the window up in so many equal parts' },
    aggregate: { ...string, description: `with buckets: ${AGGREGATES.join(', ')} or minmax, by comma; default mean` },
    callback: { ...string, description: 'JSONP' },
  },
};

const SERIES_NEW = {
  type: 'object',
  required: ['device_id', 'device_desc'],
  properties: { token: string, device_id: string, device_desc: string, desc: string },
};

const SERIES_PATCH = {
  type: 'object',
  properties: {
    token: string,
    desc: string,
    device_desc: string,
    unit: { type: ['string', 'null'] },
    colour: { type: ['string', 'null'], description: '#rrggbb' },
    calibration: {
      type: ['array', 'null'],
      description: 'from a time (ISO 8601 or ms; absent: always) on, an offset is added to the numbers of a field',
      items: { type: 'object', properties: { from: { type: ['string', 'integer'] }, field: string, offset: number } },
    },
    sensor: { ...string, description: 'alone: another sensor of the device, which continues the series' },
  },
};

const ALARM_CHANGE = {
  token: string,
  limit: { type: ['number', 'null'], description: 'of above and below' },
  hysteresis: { ...number, description: 'by how much a value has to come back before the alarm ends' },
  after_s: { ...number, description: 'how long it has to last, seconds' },
};

const ALARM_NEW = {
  type: 'object',
  required: ['series_id', 'kind'],
  properties: {
    series_id: integer,
    kind: { ...string, enum: KINDS, description: 'stale: no value comes; fault: the probe gives none' },
    field: { ...string, description: 'default: temp_C for above and below, else any' },
    ...ALARM_CHANGE,
  },
};

const POINT_NEW = {
  type: 'object',
  required: ['series_id', 'fields'],
  properties: {
    token: string,
    series_id: integer,
    fields: { type: 'object', additionalProperties: true },
    timestamp: {
      description: 'ISO 8601 or integer ms; absent: the time of arrival',
      type: ['string', 'integer', 'null'],
    },
  },
};

const LOG_BATCH = {
  type: 'object',
  description: "readings of a device's log",
  required: ['device_id', 'log', 'first', 'clock', 'time', 'sensors'],
  properties: {
    token: string,
    device_id: string,
    device_desc: string,
    log: { ...string, description: "the device's buffer" },
    first: { ...integer, description: 'number of the first reading' },
    oldest: { ...integer, description: 'lowest number still on the device; default: first' },
    clock: { ...string, enum: ['unix', 'uptime'] },
    now: { ...integer, description: "the device's clock, ms" },
    estimated: { type: 'boolean' },
    time: { type: 'array', items: integer, description: 'ms: the first absolute, the others differences' },
    sensors: { type: 'object', description: 'sensor → field → one number or null per reading' },
    status: { type: 'object' },
  },
};

const PLAIN_POINTS = {
  type: 'object',
  description: 'points of one series',
  required: ['series_id', 'points'],
  properties: {
    token: string,
    series_id: integer,
    points: { type: 'array', items: { type: 'object', properties: { timestamp: string, fields: { type: 'object' } } } },
  },
};

const PLAIN_COLUMNS = {
  type: 'object',
  description: 'points of one series, in columns',
  required: ['series_id', 'time', 'fields'],
  properties: {
    token: string,
    series_id: integer,
    time: { type: 'array', items: integer, description: 'absolute, ms' },
    fields: { type: 'object', description: 'field → one value per time' },
  },
};

const IMAGE_QUERY = {
  type: 'object',
  required: ['version'],
  properties: {
    version: { ...string, description: 'of the firmware: 1.2.3' },
    platform: { ...string, description: 'the chip: esp32, esp32c3; default: what the image says' },
  },
};

const read = (tag: string, summary: string) => ({ summary, tags: [tag] });
const write = (tag: string, summary: string) => ({ ...read(tag, summary), security: [{ token: [] }] });

export const doc = {
  listSeries: read('series', 'All series, by id'),
  readSeries: { ...read('series', 'The points of a series'), params: ID, querystring: SERIES_QUERY },
  latest: { ...read('series', 'The newest point of a series that has a value'), params: ID },
  newSeries: { ...write('series', 'A new series, where the id is "new"'), params: ID, body: SERIES_NEW },
  patchSeries: {
    ...write('series', 'Other descriptions, unit, colour, calibration or sensor for a series'),
    params: ID,
    body: SERIES_PATCH,
  },
  deleteSeries: { ...write('series', 'Delete a series and its points'), params: ID },
  liveSeries: { ...read('series', 'The points of a series as they arrive (server-sent events)'), params: ID },
  readPoint: { ...read('points', 'A point'), params: ID },
  newPoint: { ...write('points', 'A new point, where the id is "new"'), params: ID, body: POINT_NEW },
  deletePoint: { ...write('points', 'Delete a point'), params: ID },
  countPoints: read('points', 'How many points there are'),
  live: read('points', 'All points as they arrive (server-sent events)'),
  batch: {
    ...write('batch', "Readings of a device's log, or points of one series"),
    body: { anyOf: [LOG_BATCH, PLAIN_POINTS, PLAIN_COLUMNS] },
  },
  listAlarms: read('alarms', 'All alarms, and which of them are active'),
  readAlarm: { ...read('alarms', 'An alarm'), params: ID },
  newAlarm: { ...write('alarms', 'A new alarm, where the id is "new"'), params: ID, body: ALARM_NEW },
  patchAlarm: {
    ...write('alarms', 'Another limit, hysteresis or time for an alarm'),
    params: ID,
    body: { type: 'object', properties: ALARM_CHANGE },
  },
  deleteAlarm: { ...write('alarms', 'Delete an alarm'), params: ID },
  listDevices: read('devices', 'All devices, with the ledger of their logs'),
  readDevice: { ...read('devices', 'A device'), params: ID },
  listQuarantine: read('quarantine', 'Batches that were refused for good and set aside'),
  readQuarantine: { ...read('quarantine', 'One of them, with its body as it came'), params: ID },
  replay: {
    ...write('quarantine', 'Store its readings after all, as it came or mended'),
    params: ID,
    body: { ...LOG_BATCH, required: [], description: 'the mended batch; or nothing but the token' },
  },
  dropQuarantine: { ...write('quarantine', 'Give it up: its readings count as lost'), params: ID },
  listFirmware: read('firmware', 'Firmware images that devices are offered'),
  newFirmware: {
    ...write('firmware', 'A new image, where the id is "new"; the body is the image'),
    params: ID,
    querystring: IMAGE_QUERY,
  },
  readFirmware: { ...write('firmware', 'An image, for its user'), params: ID },
  deleteFirmware: { ...write('firmware', 'Delete an image'), params: ID },
  backup: write('collector', 'A copy of the data folder as it is now (tar); tokens by their hashes'),
  health: read('collector', 'Whether all is well'),
  metrics: read('collector', 'Counters, for Prometheus'),
};
