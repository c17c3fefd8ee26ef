/** Packing a batch of 60 readings on both engines. */
/** Steps of XS that it may take, some 400 for a byte of the batch. */
const STEPS = 650_000;
/** Slots that it may leave behind. */
const SLOTS = 20;

/**
 * @param {{ call: (expression: string) => Promise<{ value: any, meter: import('./engine.mjs').Meter }> }} engine
 * @param {string} file the compiled wire.ts, for Node
 */
export async function comparePacking(engine, file) {
  const { packedBatch } = await import(file);
  await engine.call('packedBatch(1)');
  const before = (await engine.call('gc()')).meter.currentHeapCount;
  const { value, meter } = await engine.call('packedBatch(2)');
  const built = (await engine.call('batch(2)')).meter.compute;
  const left = (await engine.call('gc()')).meter.currentHeapCount - before;
  const steps = meter.compute - built;
  return {
    costs: `XS steps to pack a batch of 60 to ${value.length} bytes: ${steps}; ${left} slots left behind`,
    results: [
      { name: 'packs a batch to the very same bytes as on Node', error: same(value, packedBatch(2)) },
      { name: `packs a batch in ${STEPS} steps`, error: steps <= STEPS ? null : `it took ${steps}` },
      { name: 'packing leaves no memory behind', error: left <= SLOTS ? null : `${left} slots more after it` },
    ],
  };
}

/** @returns {string | null} */
function same(/** @type {number[]} */ ours, /** @type {number[]} */ theirs) {
  return ours.join() === theirs.join() ? null : `${ours.join()}, on Node ${theirs.join()}`;
}
