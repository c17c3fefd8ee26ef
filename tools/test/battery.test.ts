import { describe, expect, it } from 'vitest';
import { readFile } from 'node:fs/promises';
import { batteryLife, lifeWords, type BatteryQuestion } from '../battery-life.js';
import { thermowell } from './thermowell.js';

const QUESTION: BatteryQuestion = { chip: 'esp32', period: 60, uploadEvery: 60, mAh: 2500, probes: 1, radio: 3 };

describe('batteryLife()', () => {
  it.each(['esp32', 'esp8266'] as const)('%s: what flows together is the sum, and a period is full', (chip) => {
    const { shares, average, days } = batteryLife({ ...QUESTION, chip });
    const charge = shares.reduce((sum, { current, seconds }) => sum + current * seconds, 0);
    expect(average).toBeCloseTo((1000 * charge) / 60, 6);
    expect(days * 24 * average).toBeCloseTo(0.8 * 2500 * 1000, 3);
    const chipTimes = shares.filter(({ what }) => ['asleep', 'awake', 'radio'].includes(what));
    expect(chipTimes.reduce((sum, { seconds }) => sum + seconds, 0)).toBeCloseTo(60, 9);
  });

  it.each([
    ['seldom uploads', { uploadEvery: 120 }],
    ['longer periods', { period: 120 }],
    ['a quicker radio', { radio: 1 }],
    ['no probe', { probes: 0 }],
    ['a larger cell', { mAh: 5000 }],
  ])('%s make it last longer', (_, change) => {
    expect(batteryLife({ ...QUESTION, ...change }).days).toBeGreaterThan(batteryLife(QUESTION).days);
  });

  it('takes what the board takes', () => {
    const bare = batteryLife({ ...QUESTION, board: 0 });
    expect(batteryLife({ ...QUESTION, board: 5000 }).average).toBeCloseTo(bare.average + 5000, 6);
  });
});

describe('lifeWords()', () => {
  it.each([
    [0.5, '12 hours'],
    [12.9, '12 days'],
    [100, '3 months'],
    [1500, '4.1 years'],
  ])('%f days are %s', (days, words) => {
    expect(lifeWords(days)).toBe(words);
  });
});

describe('thermowell battery', () => {
  it('prints the sum with its sources', async () => {
    const { code, stdout } = await thermowell([
      'battery',
      '--period',
      '300',
      '--upload-every',
      '12',
      '--chip',
      'esp8266',
    ]);
    expect(code).toBe(0);
    for (const part of [
      'ESP8266EX Datasheet, table 3-4',
      'DS18B20 Datasheet',
      'together',
      '(assumed)',
      'with 2500 mAh',
    ])
      expect(stdout).toContain(part);
  });

  it.each([
    [['--period', '0'], 'It must be 1 to 86400'],
    [['--chip', 'esp64'], 'one of esp32, esp8266'],
    [['--radio', 'long'], 'It must be 0.1 to 600'],
  ])('%j ends with 2', async (args, said) => {
    const { code, stderr } = await thermowell(['battery', ...args]);
    expect(code).toBe(2);
    expect(stderr).toContain(said);
  });

  it('says what the README says', async () => {
    const { stdout } = await thermowell(['battery', '--markdown']);
    expect(await readFile(new URL('../../README.md', import.meta.url), 'utf8')).toContain(stdout);
  });
});
