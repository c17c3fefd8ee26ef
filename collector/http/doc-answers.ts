/** What `/openapi.json` says of the answers, by method and path: their status, their media type and their shape. */

const string = { type: 'string' };
const integer = { type: 'integer' };
const number = { type: 'number' };
const nullable = (type: string) => ({ type: [type, 'null'] });
const listOf = (items: object) => ({ type: 'array', items });
const mapOf = (additionalProperties: object) => ({ type: 'object', additionalProperties });

/** An object that has these members, and may have more. */
const having = (properties: Record<string, object>, more: Record<string, object> = {}) => ({
  type: 'object',
  required: Object.keys(properties),
  properties: { ...properties, ...more },
});

const PROBLEM = having(
  { type: string, title: string, status: integer, detail: string, code: string },
  { message: { description: "the original's: a text, or an object of member → text" }, pointer: string },
);

const SERIES = having(
  { id: integer, device_id: string, device_desc: string, timestamp: string, count: integer },
  {
    desc: nullable('string'),
    user: string,
    unit: string,
    colour: string,
    calibration: listOf(having({ from: integer, field: string, offset: number })),
  },
);

const POINT = having({ id: integer, series_id: integer, timestamp: string, fields: { type: 'object' } });

const COLUMNS = having({ time: listOf(integer), fields: { type: 'object' } });

const LOG = having({
  log: string,
  next: integer,
  before: integer,
  stored: integer,
  lost: integer,
  quarantined: integer,
  duplicates: integer,
  late: integer,
});

const DEVICE = having({
  device_id: string,
  device_desc: string,
  seen: integer,
  every: nullable('number'),
  status: nullable('object'),
  sensors: mapOf(integer),
  ledger: listOf(LOG),
});

const STORED = having(
  { stored: integer, duplicates: integer },
  {
    log: string,
    next: integer,
    lost: integer,
    now: { ...integer, description: "the collector's clock, ms; absent while it is not to be trusted" },
    series: mapOf(integer),
  },
);

const ALARM = having({
  id: integer,
  series_id: integer,
  kind: string,
  field: nullable('string'),
  limit: nullable('number'),
  hysteresis: number,
  after_s: number,
  state: string,
  since: nullable('integer'),
  value: {},
});

const QUARANTINED = having({
  name: string,
  device_id: string,
  log: string,
  first: integer,
  length: integer,
  taken: integer,
  received: integer,
});

const IMAGE = having({ name: string, version: string, platform: string, length: integer, added: integer });

const HEALTH = having({ status: string, version: string, uptime_s: number, store: { type: 'object' } });

type Answers = Record<string, object>;

const answer = (description: string, media: Record<string, object>) => ({
  description,
  content: Object.fromEntries(Object.entries(media).map(([type, schema]) => [type, { schema }])),
});
const json = (description: string, schema: object) => answer(description, { 'application/json': schema });
const GONE = { 204: { description: 'It is gone', type: 'null' } };
const EVENTS = { 200: answer('Events without end', { 'text/event-stream': string }) };

const POINTS = answer('The points, or what they come to', {
  'application/json': { anyOf: [listOf(POINT), COLUMNS] },
  'text/csv': string,
});

const ANSWERS: Record<string, Answers> = {
  'GET /series': { 200: json('id → series', mapOf(SERIES)) },
  'GET /series/:id': { 200: POINTS },
  'GET /series/:id/latest': { 200: json('The point', POINT) },
  'PUT /series/:id': { 201: json('Its id', integer) },
  'PATCH /series/:id': { 200: json('The series as it is now', SERIES) },
  'DELETE /series/:id': GONE,
  'GET /series/:id/live': EVENTS,
  'GET /point/:id': { 200: json('The point', POINT) },
  'PUT /point/:id': { 201: json('Its id; it is on disk', integer) },
  'DELETE /point/:id': GONE,
  'GET /points/count': { 200: json('How many', integer) },
  'GET /live': EVENTS,
  'PUT /batch/new': { 200: json('Nothing of it was new', STORED), 201: json('What is new is on disk', STORED) },
  'GET /alarms': { 200: json('The alarms', listOf(ALARM)) },
  'GET /alarms/:id': { 200: json('The alarm', ALARM) },
  'PUT /alarms/:id': { 201: json('Its id', integer) },
  'PATCH /alarms/:id': { 200: json('The alarm as it is now', ALARM) },
  'DELETE /alarms/:id': GONE,
  'GET /devices': { 200: json('The devices', listOf(DEVICE)) },
  'GET /devices/:id': { 200: json('The device', DEVICE) },
  'GET /quarantine': { 200: json('The batches', listOf(QUARANTINED)) },
  'GET /quarantine/:id': { 200: json('The batch; its body is what came', QUARANTINED) },
  'POST /quarantine/:id/replay': { 200: json('What is new is on disk', STORED) },
  'DELETE /quarantine/:id': GONE,
  'GET /firmware': { 200: json('The images', listOf(IMAGE)) },
  'GET /firmware/:id': { 200: answer('The image', { 'application/octet-stream': { type: 'string' } }) },
  'PUT /firmware/:id': { 201: json('The image', IMAGE) },
  'DELETE /firmware/:id': GONE,
  'GET /backup': { 200: answer('The archive', { 'application/x-tar': string }) },
  'GET /health': { 200: json('It works', HEALTH), 503: json('It takes nothing', HEALTH) },
  'GET /metrics': { 200: answer('A line for each figure', { 'text/plain': string }) },
};

/** Of a route, what goes well and what doesn't. @throws Error for a route that is not described */
export function answersOf(method: string, path: string): Answers {
  const answers = ANSWERS[`${method} ${path}`];
  if (answers === undefined) throw new Error(`no answers are described for ${method} ${path}`);
  return { ...answers, default: answer('What was wrong', { 'application/problem+json': PROBLEM }) };
}
