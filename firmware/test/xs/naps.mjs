/**
 * What a wake without radio costs of its own, beside the conversion: steps of XS, counted on models of bus, flash and
 * memory, which are part of it.
 */
const WAKES = 300;
/**
 * The models' own steps are among them, and checksums, which a chip does in C. What isn't: the start of the chip and of
 * the engine, and its doors. A whole wake was 2.3 million of the ESP8266's own instructions (the firmware's objects in
 * QEMU).
 */
const STEPS = 83_500;
/** Slots that a wake may leave behind: on a chip nothing stays. */
const SLOTS = 1;
/** Bytes of flash for a reading, for each of two probes. */
const FLASH = 16;

/** @param {{ call: (expression: string) => Promise<{ value: any, meter: import('./engine.mjs').Meter }> }} engine */
export async function countNaps(engine) {
  await engine.call('naps.wake(30)');
  const before = (await engine.call('gc()')).meter.currentHeapCount;
  const { value: written } = await engine.call('naps.written');
  const { meter } = await engine.call(`naps.wake(${WAKES})`);
  const { value: pending } = await engine.call('naps.pending');
  const { value: now } = await engine.call('naps.written');
  const left = ((await engine.call('gc()')).meter.currentHeapCount - before) / WAKES;
  const steps = Math.round(meter.compute / WAKES);
  const flash = (now - written) / WAKES / 2;
  return {
    costs: `XS steps of a wake without radio, models included: ${steps}; ${flash.toFixed(1)} bytes of flash for a reading and probe`,
    results: [
      { name: 'wakes, each leaving a reading on flash', error: pending === WAKES + 30 ? null : `${pending} are there` },
      { name: `a wake without radio takes ${STEPS} steps at most`, error: steps <= STEPS ? null : `it took ${steps}` },
      { name: 'a wake leaves no memory behind', error: left <= SLOTS ? null : `${left} slots more after each` },
      { name: `a reading takes ${FLASH} bytes of flash a probe`, error: flash <= FLASH ? null : `it took ${flash}` },
    ],
  };
}
