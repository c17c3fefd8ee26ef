import { describe, expect, it } from 'vitest';
import { audit, type CollectorReader, type Columns, type Finding } from '../../simulator/audit.js';
import { Diary } from '../../simulator/diary.js';

const DEVICE = '02:00:00:00:00:01';
const START = Date.UTC(2026, 10, 20);
const MINUTE = 60_000;

/** Four readings of two sensors, one null, as they were taken. */
function fourReadings(): Diary {
  const diary = new Diary();
  for (let i = 0; i < 4; i++) {
    const temp_C = i === 2 ? null : i - 2;
    const held = { a: { temp_C: [i - 2] }, battery: { batt_V: [3.9] } };
    diary.note({ time: START + i * MINUTE, sensors: { a: { temp_C }, battery: { batt_V: 3.9 } }, held });
  }
  return diary;
}

/** What a collector answers that has all four. */
function everything(): { a: Columns; battery: Columns; stored: number } {
  const time = [0, 1, 2, 3].map((i) => START + i * MINUTE);
  return {
    a: { time, fields: { temp_C: [-2, -1, null, 1] } },
    battery: { time: [...time], fields: { batt_V: [3.9, 3.9, 3.9, 3.9] } },
    stored: 4,
  };
}

async function find(diary: Diary, { a, battery, stored } = everything()): Promise<Finding> {
  const columns = [a, battery];
  const collector: CollectorReader = {
    devices: async () => [
      {
        device_id: DEVICE,
        sensors: { a: 0, battery: 1 },
        ledger: [{ stored, lost: 0, quarantined: 0, duplicates: 7 }],
      },
    ],
    columns: async (series, { from, to }) => {
      const { time, fields, estimated = [] } = columns[Number(series)]!;
      const within = time.map((t) => t >= from && t <= to);
      const of = <T>(list: T[]): T[] => list.filter((_, i) => within[i]);
      const values = Object.fromEntries(Object.entries(fields).map(([name, list]) => [name, of(list)]));
      const before = within.indexOf(true);
      return { time: of(time), fields: values, estimated: estimated.filter((i) => within[i]).map((i) => i - before) };
    },
  };
  return audit(DEVICE, diary, collector);
}

describe('audit()', () => {
  it('finds nothing wrong where all is there, and counts', async () => {
    expect(await find(fourReadings())).toEqual({
      device_id: DEVICE,
      taken: 4,
      stored: 4,
      duplicates: 7,
      lost: 0,
      points: 8,
      estimated: 0,
      gaps: 1,
      wrong: 0,
      faults: [],
    });
  });

  it('tells a value that the probe did not hold, whether the driver or the collector changed it', async () => {
    const changed = everything();
    changed.a.fields['temp_C']![0] = -1.9375;
    expect(await find(fourReadings(), changed)).toMatchObject({
      wrong: 1,
      faults: ['a temp_C at 2026-11-20T00:00:00.000Z is -1.9375, the probe held -2'],
    });
    const diary = new Diary();
    diary.note({ time: START, sensors: { a: { temp_C: 4095.5 } }, held: { a: { temp_C: [-0.5] } } });
    const misread = { ...everything(), a: { time: [START], fields: { temp_C: [4095.5] } }, stored: 1 };
    expect((await find(diary, misread)).faults[0]).toMatch('is 4095.5, the probe held -0.5');
  });

  it('tells a reading that is missing, whole or in part', async () => {
    const missing = everything();
    missing.a.time.splice(1, 1);
    missing.a.fields['temp_C']!.splice(1, 1);
    const finding = await find(fourReadings(), missing);
    expect(finding).toMatchObject({ taken: 4, stored: 3, lost: 1 });
    expect(finding.faults[0]).toBe('a temp_C at 2026-11-20T00:01:00.000Z is missing');
  });

  it('tells a point that is there twice, or was never taken', async () => {
    const twice = everything();
    twice.a.time.splice(1, 0, START);
    twice.a.fields['temp_C']!.splice(1, 0, -2);
    twice.battery.time.push(START + 5 * MINUTE);
    twice.battery.fields['batt_V']!.push(3.9);
    expect((await find(fourReadings(), twice)).faults).toEqual([
      'a temp_C has a point at 2026-11-20T00:00:00.000Z that was not taken, or one too many',
      'battery batt_V has a point at 2026-11-20T00:05:00.000Z that was not taken, or one too many',
    ]);
  });

  it('matches readings of guessed times by their order', async () => {
    const guessed = everything();
    for (const columns of [guessed.a, guessed.battery]) {
      columns.time[0] = START - 11;
      columns.time[1] = START + MINUTE - 12;
      columns.estimated = [0, 1];
    }
    expect(await find(fourReadings(), guessed)).toMatchObject({ stored: 4, estimated: 4, wrong: 0 });
    guessed.a.fields['temp_C']![1] = 7;
    expect((await find(fourReadings(), guessed)).faults).toEqual([
      'a temp_C at 2026-11-20T00:01:00.000Z is 7, the probe held -1',
    ]);
  });

  it('does not trust a ledger that counts otherwise', async () => {
    expect((await find(fourReadings(), { ...everything(), stored: 5 })).faults).toEqual([
      "the collector's ledger says 5 stored, 4 were found",
    ]);
  });
});
