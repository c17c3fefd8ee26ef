/**
 * A start: with the settings that somebody typed into the device, or that were built in, it starts the device; without
 * any it waits to be set up.
 */
import { abortHook } from './abort.js';
import { settingsWith } from './chip/built.js';
import { Chip } from './chip/chip.js';
import { forgetByButton, openNotes, openSetup, typedSettings } from './chip/extras.js';
import { ChipTimers } from './chip/timers.js';
import { startDevice } from './device.js';
import { Report } from './life/report.js';
import { recallAfter, retainReport } from './life/retained.js';
import type { Settings } from './settings.js';

export function start(): void {
  Object.assign(globalThis, { abort: abortHook(failed) });

  /** As long as nobody knows better: what memory holds of a life on batteries isn't written over. */
  let battery = true;

  const chip = new Chip();
  const before = recallAfter(chip.reset, chip);
  const report = new Report(chip.reset, before);
  const timers = new ChipTimers(failed);
  const notes = openNotes();
  const settings = chosen();
  const restart = (): void => chip.restart();
  battery = settings?.mode === 'battery';

  if (settings !== null) startDevice({ settings, chip, before, report, timers, notes, failed });
  else if (notes !== null)
    openSetup({
      name: `thermowell-${chip.mac.slice(-5, -3)}${chip.mac.slice(-2)}`,
      notes,
      check: settingsWith,
      timers,
      restart,
      onTrouble: failed,
    });
  forgetByButton({ notes, timers, restart });

  /** null where they make no sense, or there are none. */
  function chosen(): Settings | null {
    try {
      return settingsWith(typedSettings(notes));
    } catch (error) {
      failed(error);
      return null;
    }
  }

  /** Life goes on: what isn't caught reboots the chip. */
  function failed(error: unknown): void {
    report.failed(error);
    if (!battery) retainReport(chip, report);
    trace(`${report.trouble}\n`);
  }
}
