/**
 * What the collector has of the device, against how often its probes have converted: each probe's value is the number
 * of the conversion (lin/onewire.ts), so that a reading that isn't there, or is there twice, can be told.
 */
const COUNTS = 2000;

/**
 * @param {import('./collector.mjs').Collector} collector
 * @param {string} device_id
 * @param {number} conversions made so far
 */
export async function audit(collector, device_id, conversions) {
  const { sensors, ledger } = await collector.get(`/devices/${device_id}`);
  /** conversion → in how many readings it is, for the probe that has it most often */
  const seen = new Map();
  /** time → how many readings of that time have a value, for the probe that has most of them */
  const valued = new Map();
  let points = 0;
  for (const [sensor, id] of Object.entries(sensors)) {
    if (!sensor.startsWith('28-')) continue;
    const { time, fields } = await collector.get(`/series/${id}?format=columns&from=2000-01-01&to=2099-01-01`);
    points += time.length;
    /** the same for this probe */
    const values = new Map();
    const own = new Map();
    let round = 0;
    let last = 0;
    for (const [at, value] of inOrder(time, fields.temp_C)) {
      if (value === null) continue;
      values.set(at, (values.get(at) ?? 0) + 1);
      const count = (value + 50) * 16;
      // It is counted modulo COUNTS; a clock that was set back may bring two readings out of order, but never so far.
      if (count < last - COUNTS / 2) round++;
      const whole = (count > last + COUNTS / 2 ? round - 1 : round) * COUNTS + count;
      last = count;
      own.set(whole, (own.get(whole) ?? 0) + 1);
    }
    for (const [at, count] of values) valued.set(at, Math.max(count, valued.get(at) ?? 0));
    for (const [count, times] of own) seen.set(count, Math.max(times, seen.get(count) ?? 0));
  }
  const totals = { stored: 0, duplicates: 0, lost: 0, quarantined: 0 };
  for (const log of ledger)
    for (const name of /** @type {(keyof typeof totals)[]} */ (Object.keys(totals))) totals[name] += log[name];
  const newest = Math.max(0, ...seen.keys());
  const absent = [];
  for (let count = 1; count <= Math.max(conversions, newest); count++) if (!seen.has(count)) absent.push(count);
  return {
    ...totals,
    ledger,
    points,
    /** the newest conversion that a reading shows */
    newest,
    absent,
    /** readings that are there, but of which no probe gave a value: their conversions are among the absent ones */
    gaps: totals.stored - [...valued.values()].reduce((sum, count) => sum + count, 0),
    twice: [...seen].filter(([, times]) => times > 1).map(([count]) => count),
  };
}

/** @param {number[]} times @param {(number | null)[]} values @returns {[number, number | null][]} */
function inOrder(times, values) {
  return times
    .map((time, i) => /** @type {[number, number | null]} */ ([time, values[i] ?? null]))
    .sort((a, b) => a[0] - b[0]);
}
