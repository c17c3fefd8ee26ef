/** The day of `day.ts` on both engines. */
const READINGS = 1440;
/** Slots that a day may leave behind: what the model of a collector keeps, one for each batch. */
const KEPT = 100;

/**
 * Runs three days here and there. Both must send the very same batches, and the last day must leave no memory behind.
 * @param {{ call: (expression: string) => Promise<{ value: any, meter: import('./engine.mjs').Meter }> }} engine
 * @param {string} file the compiled day.ts, for Node
 */
export async function compareDays(engine, file) {
  const { Day } = await import(file);
  const day = new Day();
  const slots = [];
  const steps = { sample: 0, upload: 0 };
  day.open();
  await engine.call('day.open()');
  for (let i = 0; i < 3; i++) {
    day.sample(READINGS);
    day.upload();
    steps.sample = (await engine.call(`day.sample(${READINGS})`)).meter.compute;
    steps.upload = (await engine.call('day.upload()')).meter.compute;
    slots.push((await engine.call('gc()')).meter.currentHeapCount);
  }
  const { value: bodies } = await engine.call('day.bodies');
  const batches = bodies.length / 3;
  const left = slots[2] - slots[1];
  return {
    costs:
      `XS steps, models included: ${Math.round(steps.sample / READINGS)} for a reading of two probes, sampled and kept; ` +
      `${Math.round(steps.upload / batches)} for a batch of ${Math.round(READINGS / batches)}; ` +
      `${left} slots left behind by a day`,
    results: [
      {
        name: 'a day of readings makes the very same batches as on Node',
        error: firstDifference(bodies, day.bodies),
      },
      {
        name: 'a day of readings leaves no memory behind',
        error: left <= KEPT ? null : `${left} slots more after it`,
      },
    ],
  };
}

/** @returns {string | null} */
function firstDifference(/** @type {string[]} */ ours, /** @type {string[]} */ theirs) {
  const i = ours.findIndex((body, n) => body !== theirs[n]);
  if (i >= 0) return `batch ${i} is\n     ${ours[i]}, on Node\n     ${theirs[i]}`;
  return ours.length === theirs.length ? null : `${ours.length} batches, on Node ${theirs.length}`;
}
