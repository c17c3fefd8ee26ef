/** The day of `day.ts` on both engines. */
const READINGS = 1440;
/** Slots that a day may leave behind: what the model of a collector keeps, one for each batch. */
const KEPT = 100;
/** Steps that a reading, and a batch of some sixty, may take; the models' own are among them. */
const SAMPLE_STEPS = 36_000;
const UPLOAD_STEPS = 450_000;

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
  const allocated = [];
  day.open();
  await engine.call('day.open()');
  for (let i = 0; i < 3; i++) {
    day.sample(READINGS);
    day.upload();
    steps.sample = (await engine.call(`day.sample(${READINGS})`)).meter.compute;
    steps.upload = (await engine.call('day.upload()')).meter.compute;
    const { meter } = await engine.call('gc()');
    slots.push(meter.currentHeapCount);
    allocated.push(meter.allocate);
  }
  const { value: bodies } = await engine.call('day.bodies');
  const batches = bodies.length / 3;
  const left = slots[2] - slots[1];
  const sample = Math.round(steps.sample / READINGS);
  const upload = Math.round(steps.upload / batches);
  return {
    costs:
      `XS steps, models included: ${sample} for a reading of two probes, sampled and kept; ` +
      `${upload} for a batch of ${Math.round(READINGS / batches)}; ` +
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
      { name: `a reading takes ${SAMPLE_STEPS} steps`, error: sample <= SAMPLE_STEPS ? null : `it took ${sample}` },
      { name: `a batch takes ${UPLOAD_STEPS} steps`, error: upload <= UPLOAD_STEPS ? null : `it took ${upload}` },
      {
        name: 'the machine asks for no more memory after the first day',
        error: allocated[2] === allocated[0] ? null : `${allocated[2] - allocated[0]} bytes more`,
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
