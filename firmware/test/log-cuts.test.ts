import assert from 'node:assert/strict';
import { expect, it } from 'vitest';
import { NorFlash, PowerCut } from '../../tools/simulator/flash.js';
import type { Log } from '../log.js';
import type { Reading } from '../reading.js';
import { expectHolds, openLog, readAll, T, type Entry, type Life } from './log-model.js';

/** A run that wraps a ring of three small sectors several times, in lives of a few steps each. */
type Step =
  | { do: 'append'; reading: Reading }
  /** forgets all but so many */
  | { do: 'acknowledge'; keep: number }
  | { do: 'markTime'; wall: number }
  | { do: 'restart' };

const LIVES: Step[][] = [];
for (let life = 0; life < 7; life++) {
  const steps: Step[] = [];
  const knows = life % 5 !== 1;
  const wall = T + life * 1_000_000;
  for (let i = 0; i < 8; i++) {
    const sensors: Reading['sensors'] = { '28-0316a4f1b2ff': { temp_C: i === 5 ? null : 20 + (life * 8 + i) / 16 } };
    if (life % 3 !== 2 || i > 4) sensors['battery'] = { batt_V: 3.9 + i / 1000 };
    const unix = knows && i >= life % 4;
    if (unix && i === life % 4) steps.push({ do: 'markTime', wall });
    steps.push({
      do: 'append',
      reading: { time: i * 60_000 + (unix ? wall : 0), clock: unix ? 'unix' : 'uptime', sensors },
    });
    if (i % 3 === 2 && life % 3 !== 2) steps.push({ do: 'acknowledge', keep: life % 2 });
    if (life === 3 && i === 6) steps.push({ do: 'restart' });
  }
  LIVES.push(steps);
}

interface State {
  oldest: number;
  next: number;
  lost: number;
  id: string;
}

function stateOf({ oldest, next, lost, id }: Log): State {
  return { oldest, next, lost, id };
}

/** Does a step and keeps the model beside it. */
function run(log: Log, step: Step, entries: Map<number, Entry>, life: Life): void {
  if (step.do === 'append') entries.set(log.append(step.reading), { reading: step.reading, life });
  else if (step.do === 'acknowledge') log.acknowledge(Math.max(log.oldest, log.next - step.keep));
  else if (step.do === 'restart') log.restart();
  else {
    log.markTime(step.wall);
    life.wall ??= step.wall;
  }
}

/** How many bytes of writing and erasing `work` takes. */
function cost(flash: NorFlash, work: () => void): number {
  const before = flash.bytesWritten + flash.erases.reduce((sum, n) => sum + n * flash.blockSize, 0);
  work();
  return flash.bytesWritten + flash.erases.reduce((sum, n) => sum + n * flash.blockSize, 0) - before;
}

const ODD: Reading = { time: 1, clock: 'uptime', sensors: { late: { temp_C: 1 } } };

/** A step during which the power went: the log before it, and after it where it is not torn. */
interface Torn {
  step: Step;
  before: State;
  after: State;
  /** what the log had been told of the time */
  knew: number | null;
}

/** What is there is the state before the torn step or that after it, and it goes on. */
function survives(chip: NorFlash, torn: Torn, entries: ReadonlyMap<number, Entry>, life: Life): void {
  const { step, before, after, knew } = torn;
  const log = openLog(chip);
  assert.ok([before.next, after.next].includes(log.next));
  assert.ok([before.id, after.id].includes(log.id));
  if (step.do === 'acknowledge') {
    // A mark that begins a sector may be torn when the oldest sector is gone; the collector has what was in it.
    assert.ok(log.oldest >= before.oldest && log.oldest <= after.oldest);
  } else {
    assert.ok([before.oldest, after.oldest].includes(log.oldest));
    assert.ok([before.lost, after.lost].includes(log.lost));
  }
  const told = readAll(log);
  const { wall } = life;
  if (knew !== wall && told.some(({ clock, number }) => clock === 'uptime' && entries.get(number)!.life === life))
    life.wall = knew;
  expectHolds(log, entries);
  // It goes on, through one more cut.
  const number = log.next;
  const rest = chip.clone();
  const next = openLog(rest);
  const bytes = cost(rest, () => next.append(ODD));
  const further = openLog(rest);
  chip.cutAfter((number * 31 + log.oldest * 17) % bytes);
  assert.throws(() => log.append(ODD), PowerCut);
  chip.powerOn();
  const third = openLog(chip);
  assert.ok([number, number + 1].includes(third.next));
  assert.ok([log.oldest, further.oldest].includes(third.oldest));
  assert.equal(third.append(ODD), third.next - 1);
  const more = new Map(entries);
  for (let n = number; n < third.next; n++) more.set(n, { reading: ODD, life: { wall: null } });
  expectHolds(third, more);
  expectHolds(openLog(chip), more);
  life.wall = wall;
}

it('Log survives a cut at every byte of a run of appends and acknowledgements', () => {
  const flash = new NorFlash({ sectors: 3, blockSize: 192 });
  const entries = new Map<number, Entry>();
  let cuts = 0;
  for (const steps of LIVES) {
    const start = flash.clone();
    const life: Life = { wall: null };
    let log = openLog(start.clone());
    let passed = 0;
    steps.forEach((step, i) => {
      const before = stateOf(log);
      const knew = life.wall;
      const bytes = cost(flash, () => {
        if (i === 0) log = openLog(flash);
        run(log, step, entries, life);
      });
      const after = stateOf(log);
      expectHolds(log, entries);
      for (let cut = passed; cut < passed + bytes; cut++) {
        const chip = start.clone();
        // What is torn has some of its bits or none.
        chip.cutAfter(cut, [0xff, 0x0f, 0xa5][cut % 3], cut % 2 === 0 ? 'start' : 'end');
        assert.throws(() => {
          const again = openLog(chip);
          for (const s of steps.slice(0, i + 1)) run(again, s, new Map(), { wall: null });
        }, PowerCut);
        chip.powerOn();
        survives(chip, { step, before, after, knew }, entries, life);
        cuts++;
      }
      passed += bytes;
    });
  }
  expect(Math.max(...flash.erases)).toBeGreaterThan(5);
  expect(openLog(flash).lost).toBeGreaterThan(0);
  expect(cuts).toBeGreaterThan(5000);
});
