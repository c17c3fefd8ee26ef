/**
 * The firmware at work: settings → log → clock → probes → sampler, and beside them the connection to the collector, put
 * together into one of two lives (life/). Sampling never waits for the network.
 */
import { ChipBus } from './chip/bus.js';
import type { Chip } from './chip/chip.js';
import { searchFor } from './chip/discovery.js';
import { setSystemTime, updaterFor } from './chip/extras.js';
import { gauge, lamp } from './chip/pins.js';
import { Storage } from './chip/storage.js';
import type { ChipTimers } from './chip/timers.js';
import { Uptime } from './chip/uptime.js';
import { Clock } from './clock.js';
import { Connection } from './connection.js';
import { Led } from './led.js';
import type { Life } from './life/life.js';
import { Mains } from './life/mains.js';
import { Pace } from './life/pace.js';
import { RadioPlan } from './life/radio-plan.js';
import type { Report } from './life/report.js';
import { rescue } from './life/rescue.js';
import { recall, type Retained } from './life/retained.js';
import { Wake } from './life/wake.js';
import { Log } from './log.js';
import { VERSION } from './protocol/version.js';
import { Sampler } from './sampler.js';
import { Battery } from './sensors/battery.js';
import { Ds18b20 } from './sensors/ds18b20.js';
import type { Settings } from './settings.js';
import type { Notes } from './updater.js';

/** What the device begins with. */
export interface Beginning {
  settings: Settings;
  chip: Chip;
  /** what memory kept of the life before */
  before: Retained | null;
  report: Report;
  timers: ChipTimers;
  /** null: no room for any */
  notes: Notes | null;
  failed: (error: unknown) => void;
}

/** A device that can't begin tries again, ms. */
const RESTART_MS = 60_000;

const random = (): number => Math.random();

export function startDevice({ settings, chip, before, report, timers, notes, failed }: Beginning): void {
  const { mode, batteryPin, ledPin } = settings;
  const battery = mode === 'battery';
  const uptime = new Uptime(before?.uptime);
  const feed = (): void => chip.feedWatchdog();
  const storage = new Storage(feed);
  const log = new Log(storage, { random, bookmark: before?.bookmark ?? null });
  const pace = new Pace(before?.pace);
  const clock = new Clock({
    uptime: () => uptime.now(),
    onChange(wall) {
      setSystemTime(wall + clock.uptime);
      connection.timed();
      life.timed(wall);
    },
    kept: before?.clock ?? null,
    ...(battery && { drift_ppm: pace.drift_ppm }),
  });
  const search = searchFor(settings, timers);
  const connection = new Connection({
    settings,
    chip,
    log,
    clock,
    report,
    timers,
    random,
    search,
    onEvent(event) {
      if (event.kind === 'answered' && event.verdict.do === 'forget') updater?.heed(event.body);
      life.heard(event);
    },
    onDown: () => updater?.close(),
  });
  const probes = new Ds18b20({
    bus: new ChipBus(settings.pin, feed),
    timers,
    bits: settings.bits,
    ...(before && { known: before.probes }),
  });
  const sampler = new Sampler({
    sensors: [
      probes,
      ...(batteryPin === null ? [] : [new Battery({ read: gauge(batteryPin), fullScale_V: settings.fullScale_V })]),
    ],
    clock,
    timers,
    periodMs: settings.periodMs,
    onReading: (reading) => life.read(reading),
  });
  const updater = updaterFor({
    version: VERSION,
    settings,
    notes,
    search,
    timers,
    now: () => clock.now().time,
    random,
    settled: () => !sampler.sampling,
    restart: () => chip.restart(),
    onTrouble: failed,
  });
  const led = new Led(ledPin === null ? () => {} : lamp(ledPin, settings.ledLevel), timers);
  const parts = { log, sampler, network: connection, uploader: connection, led, report };
  const life: Life = battery
    ? new Wake(before, {
        ...parts,
        periodMs: settings.periodMs,
        memory: chip,
        power: chip,
        timers,
        clock,
        probes: () => probes.known,
        pace,
        plan: new RadioPlan({ ...(before && { tries: before.tries }), uploadEvery: settings.uploadEvery, random }),
        group: settings.group,
        radioMs: settings.radioMs,
        busy: () => updater?.busy === true,
      })
    : new Mains(parts);

  try {
    updater?.open();
    if (before !== null && chip.reset !== 'deep-sleep') rescue(recall(chip)!, storage, random, failed);
    life.open();
  } catch (error) {
    failed(error);
    timers.after(RESTART_MS, () => chip.restart());
  }
}
