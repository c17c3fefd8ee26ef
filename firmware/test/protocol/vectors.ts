/**
 * Golden vectors of the protocol (protocol.md §3 and §4): tables of values and their exact bytes. They hold for every
 * runtime, so this file and `cases.ts` import nothing but the protocol floor; Node and the XS engine both run them.
 */
import type { Batch } from '../../protocol/batch.js';
import type { Verdict } from '../../protocol/reply.js';
import type { DeviceTopic } from '../../protocol/topic.js';

/** A batch and its text: `encodeBatch` gives exactly the text, `decodeBatch` of the text exactly the batch. */
export interface BatchVector {
  name: string;
  batch: Batch;
  token?: string;
  text: string;
}

export const BATCHES: readonly BatchVector[] = [
  {
    name: 'the example of protocol.md',
    token: 'secret',
    batch: {
      device_id: '24:6f:28:aa:bb:cc',
      device_desc: 'ESP32 with DS18B20',
      log: '9f3a17c2',
      first: 1041,
      oldest: 1041,
      clock: 'unix',
      now: 1_763_795_000_000,
      estimated: false,
      time: [1_763_794_880_000, 1_763_794_940_000, 1_763_795_000_000],
      sensors: {
        '28-0316a4f1b2ff': { temp_C: [21.5, 21.5625, null] },
        battery: { batt_V: [3.91, 3.91, 3.9] },
      },
      status: { reset: 'deep-sleep', rssi: -61, version: '1.0.0' },
    },
    text:
      '{"device_id":"24:6f:28:aa:bb:cc","token":"secret","device_desc":"ESP32 with DS18B20",' +
      '"log":"9f3a17c2","first":1041,"clock":"unix","now":1763795000000,' +
      '"time":[1763794880000,60000,60000],' +
      '"sensors":{"28-0316a4f1b2ff":{"temp_C":[21.5,21.5625,null]},"battery":{"batt_V":[3.91,3.91,3.9]}},' +
      '"status":{"reset":"deep-sleep","rssi":-61,"version":"1.0.0"}}',
  },
  {
    name: 'an empty batch, which asks for next and now',
    batch: {
      device_id: 'cellar',
      log: 'a',
      first: 0,
      oldest: 0,
      clock: 'uptime',
      now: 0,
      estimated: false,
      time: [],
      sensors: {},
    },
    text: '{"device_id":"cellar","log":"a","first":0,"clock":"uptime","now":0,"time":[],"sensors":{}}',
  },
  {
    name: 'an uptime batch up to its own now',
    batch: {
      device_id: 'cellar',
      log: 'a',
      first: 7,
      oldest: 7,
      clock: 'uptime',
      now: 120_000,
      estimated: false,
      time: [0, 60_000, 120_000],
      sensors: { probe: { temp_C: [-55, -0.0625, 125] } },
    },
    text:
      '{"device_id":"cellar","log":"a","first":7,"clock":"uptime","now":120000,"time":[0,60000,60000],' +
      '"sensors":{"probe":{"temp_C":[-55,-0.0625,125]}}}',
  },
  {
    name: 'a batch from the middle of the log, with guessed times and a clock that was set back',
    batch: {
      device_id: 'cellar',
      log: 'a',
      first: 9,
      oldest: 2,
      clock: 'unix',
      estimated: true,
      time: [1_763_794_880_000, 1_763_794_879_000],
      sensors: { probe: { temp_C: [null, null] } },
    },
    text:
      '{"device_id":"cellar","log":"a","first":9,"oldest":2,"clock":"unix","estimated":true,' +
      '"time":[1763794880000,-1000],"sensors":{"probe":{"temp_C":[null,null]}}}',
  },
  {
    name: 'text beyond ASCII and every kind of status',
    batch: {
      device_id: 'cellar',
      device_desc: 'Küche "süd" \u2603 \u{1F321}',
      log: 'a',
      first: 0,
      oldest: 0,
      clock: 'unix',
      estimated: false,
      time: [946_684_800_000, 4_102_444_800_000],
      sensors: {},
      status: { reset: null, ok: true, why: '' },
    },
    text:
      '{"device_id":"cellar","device_desc":"Küche \\"süd\\" \u2603 \u{1F321}","log":"a","first":0,"clock":"unix",' +
      '"time":[946684800000,3155760000000],"sensors":{},"status":{"reset":null,"ok":true,"why":""}}',
  },
];

/** The least a batch must say; the refusals below are this with one thing wrong. */
const LEAST = '{"device_id":"d","log":"a","first":0,"clock":"unix","time":[1763794880000],"sensors":{"s":{"t":[1]}}}';

/** Texts that `decodeBatch` reads as the batch though `encodeBatch` would write them otherwise. */
export const ALSO_READ: readonly { name: string; text: string; same: string }[] = [
  { name: 'defaults spelled out', text: leastWith('"first":0', '"first":0,"oldest":0,"estimated":false'), same: LEAST },
  { name: 'null for nothing', text: leastWith('"first":0', '"first":0,"device_desc":null,"status":null'), same: LEAST },
  { name: 'members it does not know', text: leastWith('"first":0', '"first":0,"colour":"red","next":9'), same: LEAST },
  { name: 'whole numbers with a fraction of nothing', text: leastWith('"first":0', '"first":0.0'), same: LEAST },
];

/** Texts that `decodeBatch` refuses, and the JSON pointer of what it names. */
export const REFUSED: readonly { text: string; pointer: string }[] = [
  { text: 'null', pointer: '' },
  { text: '[]', pointer: '' },
  { text: '"batch"', pointer: '' },
  { text: '{}', pointer: '/first' },
  { text: leastWith('"first":0', '"first":-1'), pointer: '/first' },
  { text: leastWith('"first":0', '"first":1.5'), pointer: '/first' },
  { text: leastWith('"first":0', '"first":"0"'), pointer: '/first' },
  { text: leastWith('"first":0', '"first":9007199254740991'), pointer: '/first' },
  { text: leastWith('"first":0', '"first":3,"oldest":4'), pointer: '/oldest' },
  { text: leastWith('"first":0', '"first":3,"oldest":null'), pointer: '/oldest' },
  { text: leastWith('"clock":"unix",', ''), pointer: '/clock' },
  { text: leastWith('"unix"', '"utc"'), pointer: '/clock' },
  { text: leastWith('"unix"', '"uptime"'), pointer: '/now' },
  { text: leastWith('"first":0', '"first":0,"now":-1'), pointer: '/now' },
  { text: leastWith('"first":0', '"first":0,"estimated":1'), pointer: '/estimated' },
  { text: leastWith('"d"', '""'), pointer: '/device_id' },
  { text: leastWith('"d"', '"a/b"'), pointer: '/device_id' },
  { text: leastWith('"d"', '"constructor"'), pointer: '/device_id' },
  { text: leastWith('"d"', '"collector"'), pointer: '/device_id' },
  { text: leastWith('"d"', `"${'d'.repeat(65)}"`), pointer: '/device_id' },
  { text: leastWith('"a"', '7'), pointer: '/log' },
  { text: leastWith('"a"', '"a\\n"'), pointer: '/log' },
  { text: leastWith('[1763794880000]', '1763794880000'), pointer: '/time' },
  { text: leastWith('[1763794880000]', '[null]'), pointer: '/time/0' },
  { text: leastWith('[1763794880000]', '[1763794880]'), pointer: '/time/0' },
  { text: leastWith('[1763794880000]', '[1763794880000.5]'), pointer: '/time/0' },
  { text: leastWith('[1763794880000]', '[1763794880000,1e300]'), pointer: '/time/1' },
  { text: leastWith('[1763794880000]', '[1763794880000,9007199254740991]'), pointer: '/time/1' },
  { text: leastWith('"unix"', '"uptime","now":5').replace('1763794880000', '6'), pointer: '/time/0' },
  { text: leastWith('"unix"', '"uptime","now":5').replace('1763794880000', '-1'), pointer: '/time/0' },
  { text: leastWith('{"s":{"t":[1]}}', '[]'), pointer: '/sensors' },
  { text: leastWith('{"s":{"t":[1]}}', 'null'), pointer: '/sensors' },
  { text: leastWith('"s"', '"__proto__"'), pointer: '/sensors/__proto__' },
  { text: leastWith('"s"', '"~/"'), pointer: '/sensors/~0~1' },
  { text: leastWith('{"t":[1]}', '{}'), pointer: '/sensors/s' },
  { text: leastWith('{"t":[1]}', '[1]'), pointer: '/sensors/s' },
  { text: leastWith('"t"', '"prototype"'), pointer: '/sensors/s/prototype' },
  { text: leastWith('"t"', '"temp-C"'), pointer: '/sensors/s/temp-C' },
  { text: leastWith('[1]', '[]'), pointer: '/sensors/s/t' },
  { text: leastWith('[1]', '[1,2]'), pointer: '/sensors/s/t' },
  { text: leastWith('[1]', '1'), pointer: '/sensors/s/t' },
  { text: leastWith('[1]', '["1"]'), pointer: '/sensors/s/t/0' },
  { text: leastWith('[1]', '[true]'), pointer: '/sensors/s/t/0' },
  { text: leastWith('[1]', '[1e999]'), pointer: '/sensors/s/t/0' },
  { text: leastWith('"first":0', '"first":0,"device_desc":7'), pointer: '/device_desc' },
  { text: leastWith('"first":0', `"first":0,"device_desc":"${'x'.repeat(257)}"`), pointer: '/device_desc' },
  { text: leastWith('"first":0', '"first":0,"status":[]'), pointer: '/status' },
  { text: leastWith('"first":0', '"first":0,"status":{"a b":1}'), pointer: '/status/a b' },
  { text: leastWith('"first":0', '"first":0,"status":{"a":{}}'), pointer: '/status/a' },
  { text: leastWith('"first":0', '"first":0,"status":{"a":-1e999}'), pointer: '/status/a' },
];

/** What the answer table of protocol.md §3 says for a batch of the log "a". */
export const ANSWERS: readonly { status: number | null; text: string; retryAfter?: number; verdict: Verdict }[] = [
  {
    status: 201,
    text: '{"log":"a","next":1044,"stored":3,"duplicates":0,"lost":0,"now":1763795000123,"series":{"probe":4}}',
    verdict: { do: 'forget', next: 1044 },
  },
  {
    status: 200,
    text: '{"log":"a","next":0,"stored":0,"duplicates":0,"lost":0,"series":{}}',
    verdict: { do: 'forget', next: 0 },
  },
  { status: 409, text: '{"log":"a","next":5,"status":409}', verdict: { do: 'continue', next: 5 } },
  { status: 409, text: '{"next":5,"status":409}', verdict: { do: 'continue', next: 5 } },
  { status: 400, text: '{"log":"a","next":7,"quarantined":"q1"}', verdict: { do: 'continue', next: 7 } },
  { status: 400, text: '{"pointer":"/time/0"}', verdict: { do: 'halve' } },
  { status: 413, text: '{"log":"a","next":7}', verdict: { do: 'halve' } },
  { status: 413, text: 'null', verdict: { do: 'halve' } },
  { status: 401, text: '{}', verdict: { do: 'hold' } },
  { status: 403, text: '{"log":"a","next":7}', verdict: { do: 'hold' } },
  { status: 404, text: 'null', verdict: { do: 'hold' } },
  { status: 408, text: 'null', verdict: { do: 'backoff', retryAfter: 0 } },
  { status: 429, text: '{}', retryAfter: 30, verdict: { do: 'backoff', retryAfter: 30 } },
  { status: 500, text: '{"log":"a","next":7}', verdict: { do: 'backoff', retryAfter: 0 } },
  { status: 503, text: '{}', retryAfter: 120, verdict: { do: 'backoff', retryAfter: 120 } },
  { status: null, text: 'null', verdict: { do: 'backoff', retryAfter: 0 } },
  // Answers that make no sense count as none: a captive portal, another log's number, no number, a redirect.
  { status: 200, text: '"<html>Sign in</html>"', verdict: { do: 'backoff', retryAfter: 0 } },
  { status: 201, text: '{"log":"b","next":1044}', verdict: { do: 'backoff', retryAfter: 0 } },
  { status: 201, text: '{"next":1044}', verdict: { do: 'backoff', retryAfter: 0 } },
  { status: 201, text: '{"log":"a","next":-1}', verdict: { do: 'backoff', retryAfter: 0 } },
  { status: 201, text: '{"log":"a","next":"1044"}', verdict: { do: 'backoff', retryAfter: 0 } },
  { status: 302, text: '{"log":"a","next":1044}', verdict: { do: 'backoff', retryAfter: 0 } },
  { status: 409, text: '{"log":"b","next":5}', verdict: { do: 'backoff', retryAfter: 0 } },
  { status: 409, text: '{}', verdict: { do: 'backoff', retryAfter: 0 } },
];

/** Topics of a device, in both directions. */
export const TOPICS: readonly { device_id: string; kind: DeviceTopic; text: string }[] = [
  { device_id: '24:6f:28:aa:bb:cc', kind: 'batch', text: 'thermowell/24:6f:28:aa:bb:cc/batch' },
  { device_id: 'cellar', kind: 'point', text: 'thermowell/cellar/point' },
  { device_id: 'cellar', kind: 'reply', text: 'thermowell/cellar/reply' },
];

/** Topics that are nobody's batch, point or reply. */
export const OTHER_TOPICS: readonly string[] = [
  '',
  'thermowell',
  'thermowell/cellar',
  'thermowell/cellar/batch/',
  'thermowell//batch',
  'thermowell/+/batch',
  'thermowell/collector/status',
  'thermowell/collector/batch',
  'thermowell/cellar/28-0316a4f1b2ff/state',
  'thermowell/__proto__/batch',
  'Thermowell/cellar/batch',
];

function leastWith(part: string, other: string): string {
  return LEAST.replace(part, other);
}
