/** Every golden vector as a named case that throws where the protocol floor disagrees with it. Runs on any engine. */
import { decodeBatch, readEnvelope } from '../../protocol/batch.js';
import { encodeBatch } from '../../protocol/body.js';
import { ProtocolError } from '../../protocol/error.js';
import { nowIn, verdict } from '../../protocol/reply.js';
import { COLLECTOR_STATUS, parseTopic, stateTopic } from '../../protocol/collector-topic.js';
import { topic } from '../../protocol/topic.js';
import { ALSO_READ, ANSWERS, BATCHES, OTHER_TOPICS, REFUSED, TOPICS } from './vectors.js';

export interface Case {
  name: string;
  /** @throws Error that shows what came and what should have come */
  run: () => void;
}

export const CASES: readonly Case[] = [
  ...BATCHES.map(({ name, batch, token, text }) => ({
    name: `encodeBatch() writes ${name}`,
    run: () => same(encodeBatch(batch, token), text),
  })),
  ...BATCHES.map(({ name, batch, text }) => ({
    name: `decodeBatch() reads ${name}`,
    run: () => same(decodeBatch(JSON.parse(text)), batch),
  })),
  ...ALSO_READ.map(({ name, text, same: other }) => ({
    name: `decodeBatch() reads ${name}`,
    run: () => same(decodeBatch(JSON.parse(text)), decodeBatch(JSON.parse(other))),
  })),
  ...REFUSED.map(({ text, pointer }) => ({
    name: `decodeBatch() refuses ${pointer === '' ? 'the whole' : pointer} of ${text.slice(0, 160)}`,
    run: () => same(refusal(text), pointer),
  })),
  ...BATCHES.map(({ name, batch, text }) => ({
    name: `readEnvelope() reads ${name}`,
    run: () => same(readEnvelope(JSON.parse(text)), envelopeOf(batch)),
  })),
  ...ANSWERS.map(({ status, text, retryAfter, verdict: expected }) => ({
    name: `verdict() on ${status} ${text.slice(0, 60)} is ${expected.do}`,
    run: () => {
      const body: unknown = JSON.parse(text);
      same(verdict(retryAfter === undefined ? { status, body } : { status, body, retryAfter }, 'a'), expected);
    },
  })),
  {
    name: 'nowIn() takes the time of an answer',
    run: () => same(nowIn({ now: 1_763_795_000_123 }), 1_763_795_000_123),
  },
  {
    name: 'nowIn() takes nothing from an answer without one',
    run: () => same([nowIn({}), nowIn('now')], [null, null]),
  },
  { name: 'nowIn() takes no time that is not a number', run: () => same(nowIn({ now: '1763795000123' }), null) },
  ...TOPICS.map(({ device_id, kind, text }) => ({
    name: `topic() writes ${text}`,
    run: () => same(topic(device_id, kind), text),
  })),
  ...TOPICS.map(({ device_id, kind, text }) => ({
    name: `parseTopic() reads ${text}`,
    run: () => same(parseTopic(text), { device_id, kind }),
  })),
  ...OTHER_TOPICS.map((text) => ({
    name: `parseTopic() passes over "${text}"`,
    run: () => same(parseTopic(text), null),
  })),
  {
    name: 'stateTopic() and the status topic are those of protocol.md',
    run: () => {
      same(stateTopic('cellar', '28-0316a4f1b2ff'), 'thermowell/cellar/28-0316a4f1b2ff/state');
      same(COLLECTOR_STATUS, 'thermowell/collector/status');
    },
  },
];

/** The pointer of the refusal of a text, or 'accepted'. */
function refusal(text: string): string {
  try {
    decodeBatch(JSON.parse(text));
  } catch (error) {
    if (error instanceof ProtocolError) return error.pointer;
    throw error;
  }
  return 'accepted';
}

function envelopeOf({ device_id, log, first, oldest, time }: (typeof BATCHES)[number]['batch']): unknown {
  return time.length === 0 ? null : { device_id, log, first, oldest, length: time.length };
}

/** Compares as values; members in any order. */
function same(actual: unknown, expected: unknown): void {
  const [a, b] = [canonical(actual), canonical(expected)];
  if (a !== b) throw new Error(`got ${a}, should be ${b}`);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, v: unknown) =>
    typeof v === 'object' && v !== null && !Array.isArray(v)
      ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1)))
      : v,
  );
}
