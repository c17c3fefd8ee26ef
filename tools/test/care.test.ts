import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { STRANGER, TestCollector, TOKEN } from './collector.js';
import { thermowell } from './thermowell.js';

const END = Date.now() - 60_000;

let collector: TestCollector;
const run = (args: string[], token = TOKEN) =>
  thermowell(args, { env: { THERMOWELL_TOKEN: token, THERMOWELL_URL: collector.url } });
const get = async (path: string): Promise<any> => (await fetch(`${collector.url}${path}`)).json();

beforeEach(async () => {
  collector = await TestCollector.open();
  await collector.upload(5, END);
});
afterEach(() => collector.close());

describe('thermowell calibrate', () => {
  it('adds offsets, from when they hold, shows them, and takes them back', async () => {
    const before = (await get('/series/1/latest')).fields.temp_C as number;
    expect((await run(['calibrate', '1', '-0.5'])).stdout).toBe('temp_C -0.5 always\n');
    expect((await get('/series/1/latest')).fields.temp_C).toBe(before - 0.5);
    await run(['calibrate', '1', '2', '--from', '2026-11-01T12:00Z']);
    const steps = [
      { from: 0, field: 'temp_C', offset: -0.5 },
      { from: Date.UTC(2026, 10, 1, 12), field: 'temp_C', offset: 2 },
    ];
    expect(JSON.parse((await run(['calibrate', '1', '--json'])).stdout)).toEqual(steps);
    await run(['calibrate', '1', '3']);
    expect((await get('/series'))['1'].calibration).toEqual([{ ...steps[0], offset: 3 }, steps[1]]);
    expect((await run(['calibrate', '1', '--clear'])).stderr).toBe('Series 1 is not calibrated.\n');
    expect((await get('/series/1/latest')).fields.temp_C).toBe(before);
  });

  it.each([
    [['calibrate', '1', 'warm'], 2, 'It must be a number.'],
    [['calibrate', '1', '1', '--clear'], 2, 'not both'],
    [['calibrate', '1', '1e7'], 1, 'within'],
    [['calibrate', '9', '1'], 5, "Series 9 doesn't exist"],
  ])('%j ends with %i', async (args, exit, said) => {
    const { code, stderr } = await run(args);
    expect([code, stderr]).toEqual([exit, expect.stringContaining(said)]);
  });
});

describe('thermowell replace', () => {
  it('lets another probe go on with a series', async () => {
    const { code, stderr } = await run(['replace', '1', '28-0000000000ff']);
    expect([code, stderr]).toEqual([0, '28-0000000000ff fills series 1 now, which has 5 points.\n']);
    const [device] = await get('/devices');
    expect(device.sensors['28-0000000000ff']).toBe(1);
    expect((await run(['replace', '1', '28-0000000000ff'])).code).toBe(1);
  });
});

describe('thermowell alarm', () => {
  it('adds, lists and removes', async () => {
    expect(await run(['alarm', 'list'])).toMatchObject({ code: 0, stdout: '' });
    const added = await run(['alarm', 'add', '1', 'above', '-40', '--hysteresis', '1', '--after', '1m']);
    expect(added.stderr).toBe('Alarm 1 watches series 1.\n');
    expect((await run(['alarm', 'add', '1', 'stale', '--after', '3h', '--json'])).stdout).toBe('2\n');
    expect(await get('/alarms')).toMatchObject([
      { kind: 'above', limit: -40, hysteresis: 1, after_s: 60, state: 'active' },
      { kind: 'stale', after_s: 10_800, state: 'ok' },
    ]);
    const { stdout } = await run(['alarm', 'list']);
    expect(stdout).toMatch(/ 1 {2}1 \S+ +above -40 °C for 60 s +active .* °C\n/);
    expect(JSON.parse((await run(['alarm', 'list', '--json'])).stdout)).toHaveLength(2);
    expect((await run(['alarm', 'remove', '1'])).stderr).toBe('Alarm 1 is gone.\n');
    expect(await get('/alarms')).toHaveLength(1);
  });

  it.each([
    [['alarm', 'add', '1', 'above'], 2, 'A limit is missing, as in: alarm add 1 above 25'],
    [['alarm', 'add', '1', 'stale', '5'], 2, 'stale takes no limit'],
    [['alarm', 'add', '1', 'hot', '5'], 2, 'It must be one of above, below, stale, fault.'],
    [['alarm', 'add', '9', 'fault'], 5, "Series 9 doesn't exist"],
    [['alarm', 'remove', '9'], 5, "Alarm 9 doesn't exist"],
  ])('%j ends with %i', async (args, exit, said) => {
    const { code, stderr } = await run(args);
    expect([code, stderr]).toEqual([exit, expect.stringContaining(said)]);
  });

  it('ends with 4 for somebody else', async () => {
    expect((await run(['alarm', 'add', '1', 'fault'], STRANGER)).code).toBe(4);
    expect((await run(['calibrate', '1', '1'], STRANGER)).code).toBe(4);
  });
});
