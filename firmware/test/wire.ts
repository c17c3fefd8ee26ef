/** What a device sends, for tests that count bytes: two probes a minute, whose noise is that of a DS18B20 at 12 bits. */
import { gzip } from '../gzip.js';
import { encodeBatch } from '../protocol/body.js';
import { Random } from '../../tools/simulator/random.js';
import { PLACES, temperature, type Place } from '../../tools/simulator/curve.js';

const MORNING = Date.UTC(2026, 10, 20, 6);
/** Standard deviation of a conversion, °C: a genuine probe in still air moves by one step of 1/16 now and then. */
const NOISE_C = 0.04;

export const TOKEN = 'x7Jq0wZr1nT4bV9sLk3mYh2dFg6pQe8u';

/** A batch's text; over MQTT it has no token. */
export function batchText({ readings, seed, token }: { readings: number; seed: number; token?: string }): string {
  const random = new Random(seed);
  const time = Array.from({ length: readings }, (_, i) => MORNING + seed * 86_400_000 + i * 60_000);
  const probe = (place: Place): { temp_C: number[] } => ({
    temp_C: time.map((t) => Math.round((temperature(place, seed, t) + noise(random)) * 16) / 16),
  });
  return encodeBatch(
    {
      device_id: '24:6f:28:aa:bb:cc',
      log: '9f3a17c2',
      first: 1041,
      oldest: 1041,
      clock: 'unix',
      now: time.at(-1)! + 1234,
      estimated: false,
      time,
      sensors: {
        '28-0316a4f1b2ff': probe(PLACES[seed % PLACES.length]!),
        '28-0416a4c1d2aa': probe(PLACES[(seed + 1) % PLACES.length]!),
      },
      status: { version: '1.0.0', rssi: -61, reset: 'deep-sleep', heap: 143_216, batt_V: 3.912, trouble: null },
    },
    token,
  );
}

/** A batch of 60, as bytes. */
export function batch(seed: number): Uint8Array {
  const text = batchText({ readings: 60, seed, token: TOKEN });
  return Uint8Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
}

/** The same packed, as plain numbers. */
export function packedBatch(seed: number): number[] {
  return [...gzip(batch(seed))!];
}

/** Normal, by the sum of twelve. */
function noise(random: Random): number {
  let sum = -6;
  for (let i = 0; i < 12; i++) sum += random.next();
  return sum * NOISE_C;
}
