import { expect, test } from 'vitest';
import { VirtualClock } from '../../tools/simulator/clock.js';
import { NorFlash } from '../../tools/simulator/flash.js';
import { Led } from '../led.js';
import { Mains } from '../life/mains.js';
import { Report } from '../life/report.js';
import { Log } from '../log.js';
import { Sampler } from '../sampler.js';
import { Battery } from '../sensors/battery.js';
import { T } from './log-model.js';

const MINUTE = 60_000;

test('a flash that takes no reading is told of, and the device goes on', async () => {
  const clock = new VirtualClock(T);
  const flash = new NorFlash({ sectors: 4 });
  const log = new Log(flash, { random: () => 0.5 });
  log.open();
  const write = flash.write.bind(flash);
  flash.write = () => {
    throw new Error('the flash is gone');
  };
  const report = new Report('power-on', null);
  let [opened, nudges] = [0, 0];
  const sampler = new Sampler({
    // one that answers at once
    sensors: [new Battery({ read: () => 0.9, fullScale_V: 4.2 })],
    clock: { now: () => ({ time: clock.now(), clock: 'unix' }) },
    timers: clock,
    periodMs: MINUTE,
    onReading: (reading) => life.read(reading),
  });
  const life = new Mains({
    log,
    sampler,
    network: { open: () => void opened++ },
    uploader: { nudge: () => void nudges++ },
    led: new Led(() => {}, clock),
    report,
  });
  life.open();
  await clock.run(T + 2 * MINUTE);
  expect([opened, log.next, report.trouble]).toEqual([1, 0, 'Error: the flash is gone']);
  flash.write = write;
  await clock.run(T + 4 * MINUTE);
  expect([nudges, log.next]).toEqual([5, 2]);
});
