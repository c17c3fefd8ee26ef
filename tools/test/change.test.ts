import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SeriesShape } from '../../firmware/protocol/rest.js';
import { STRANGER, TestCollector, TOKEN } from './collector.js';
import { onTerminal, thermowell } from './thermowell.js';

const END = Date.now() - 60_000;

let collector: TestCollector;
const as = (token: string) => ({ env: { THERMOWELL_TOKEN: token, THERMOWELL_URL: collector.url } });
const series = async () => (await (await fetch(`${collector.url}/series`)).json()) as Record<string, SeriesShape>;

beforeEach(async () => {
  collector = await TestCollector.open();
  await collector.upload(5, END);
});
afterEach(() => collector.close());

describe('thermowell rename', () => {
  it('changes the descriptions of a series, and only what is given', async () => {
    const { code, stderr } = await thermowell(['rename', '1', 'top shelf'], as(TOKEN));
    expect([code, stderr]).toEqual([0, 'Series 1 is now "top shelf".\n']);
    expect((await thermowell(['rename', '1', '--device', 'cellar', '--json'], as(TOKEN))).stdout).toContain('"cellar"');
    expect((await series())['1']).toMatchObject({ desc: 'top shelf', device_desc: 'cellar' });
  });

  it.each([
    [['rename', '1'], 2, 'nothing to change'],
    [['rename', 'x', 'y'], 2, 'A series id is a number'],
    [['rename', '9', 'y'], 5, "Series 9 doesn't exist"],
  ])('%j ends with %i', async (args, exit, said) => {
    const { code, stderr } = await thermowell(args, as(TOKEN));
    expect(code).toBe(exit);
    expect(stderr).toContain(said);
  });

  it('ends with 4 without the right token, and says how to make one', async () => {
    for (const surroundings of [as(STRANGER), as('wrong'), { env: { THERMOWELL_URL: collector.url } }]) {
      const { code, stderr } = await thermowell(['rename', '1', 'mine'], surroundings);
      expect(code).toBe(4);
      expect(stderr).toContain('"thermowell token add <name>"');
    }
  });
});

describe('thermowell delete', () => {
  it('deletes several series at once with --yes', async () => {
    const { code, stderr } = await thermowell(['delete', '1', '2', '--yes'], as(TOKEN));
    expect(code).toBe(0);
    expect(stderr).toContain('Deleted 2 series, 10 points.');
    expect(await series()).toEqual({});
  });

  it('deletes nothing where there is nobody to ask', async () => {
    const { code, stderr } = await thermowell(['delete', '1'], as(TOKEN));
    expect(code).toBe(2);
    expect(stderr).toContain('Give --yes.');
    expect(Object.keys(await series())).toEqual(['1', '2']);
  });

  it('deletes nothing at all when one of them is not there', async () => {
    expect((await thermowell(['delete', '1', '7', '--yes'], as(TOKEN))).code).toBe(5);
    expect(Object.keys(await series())).toEqual(['1', '2']);
  });

  it.each([
    ['n\r', 1, ['1', '2']],
    ['\r', 1, ['1', '2']],
    ['\u0003', 1, ['1', '2']],
    ['y\r', 0, ['2']],
  ])('asks on a terminal; after %j it ends with %i', async (typed, exit, left) => {
    const { code, stdout } = await onTerminal(['delete', '1'], [['for good?', typed]], as(TOKEN));
    expect(stdout).toContain('1: fridge, 28-0316a4f1b2ff, 5 points');
    expect(stdout).toContain('Delete 5 points for good?');
    expect(code).toBe(exit);
    expect(Object.keys(await series())).toEqual(left);
  });
});
