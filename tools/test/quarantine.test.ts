import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DeviceShape } from '../../firmware/protocol/rest.js';
import { STRANGER, TestCollector, TOKEN } from './collector.js';
import { onTerminal, thermowell } from './thermowell.js';

const END = Date.now() - 60_000;
const WHY = '/sensors/probe/temp_C/1: a value must be a finite number or null';

const BATCH = { device_id: 'esp', log: 'log1', first: 10, clock: 'unix', time: [END, 60_000] };
const REFUSED = { ...BATCH, token: TOKEN, sensors: { probe: { temp_C: [20, 'wet'] } } };
const MENDED = { ...BATCH, sensors: { probe: { temp_C: [20, 20.5] } } };

let collector: TestCollector;
let name: string;

const as = (token: string) => ({ env: { THERMOWELL_TOKEN: token, THERMOWELL_URL: collector.url } });
const run = (...args: string[]) => thermowell(['quarantine', ...args], as(TOKEN));
const ledger = async () => ((await (await fetch(`${collector.url}/devices/esp`)).json()) as DeviceShape).ledger[0];

/** The file of a mended batch. */
async function mended(batch: unknown): Promise<string> {
  const file = join(collector.folder, 'mended.json');
  await writeFile(file, typeof batch === 'string' ? batch : JSON.stringify(batch));
  return file;
}

beforeEach(async () => {
  collector = await TestCollector.open();
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${collector.url}/batch/new`, { method: 'PUT', headers, body: JSON.stringify(REFUSED) });
  name = ((await answer.json()) as { quarantined: string }).quarantined;
});
afterEach(() => collector.close());

describe('thermowell quarantine', () => {
  it('lists what was refused, and why', async () => {
    const { code, stdout } = await run('list');
    const [head, row] = stdout.split('\n').map((line) => line.split(/ {2,}/));
    expect([code, head]).toEqual([0, ['name', 'device', 'readings', 'came', 'why']]);
    expect(row).toEqual([name, 'esp', '2', expect.stringMatching(/^\d+ s$/), WHY]);
    expect(JSON.parse((await run('list', '--json')).stdout)).toMatchObject([{ name, taken: 2, detail: WHY }]);
  });

  it('shows the batch on stdout, without its token, and the reason on stderr', async () => {
    const { stdout, stderr } = await run('show', name);
    expect(JSON.parse(stdout)).toEqual({ ...REFUSED, token: null });
    expect(stderr).toBe(`readings 10 to 11 of log log1 of esp: ${WHY}\n`);
    expect(JSON.parse((await run('show', name, '--json')).stdout)).toMatchObject({ name, body: stdout.trimEnd() });
  });

  it('replays what show wrote and a person mended, once', async () => {
    const file = await mended((await run('show', name)).stdout.replace('"wet"', '20.5'));
    const { code, stderr } = await run('replay', name, file);
    expect([code, stderr]).toEqual([0, `Stored 2 readings; nothing of ${name} is left to replay.\n`]);
    expect(await ledger()).toMatchObject({ stored: 2, quarantined: 0 });
    expect((await run('replay', name, file)).code).toBe(5);
    const { stdout, stderr: none } = await run('list');
    expect([stdout, none]).toEqual(['', 'Nothing is in quarantine.\n']);
  });

  it.each<[string, unknown, string]>([
    ['broken', '{', 'not valid JSON'],
    ['no batch', [1], 'must hold a batch'],
    ['mended wrongly', { ...MENDED, first: 11 }, 'first must stay 10'],
  ])('stores nothing of a file that is %s', async (_, batch, said) => {
    const { code, stderr } = await run('replay', name, await mended(batch));
    expect([code, stderr]).toEqual([1, expect.stringContaining(said)]);
    expect(await ledger()).toMatchObject({ stored: 0, quarantined: 2 });
  });

  it('says what is still wrong with it as it came', async () => {
    const { code, stderr } = await run('replay', name);
    expect([code, stderr]).toEqual([1, expect.stringContaining('must be a finite number')]);
  });

  it('drops an entry, which is asked for or said with --yes', async () => {
    expect((await run('drop', name)).code).toBe(2);
    expect((await onTerminal(['quarantine', 'drop', name], [['?', 'n\r']], as(TOKEN))).code).toBe(1);
    expect(await ledger()).toMatchObject({ lost: 0, quarantined: 2 });
    const { code, stderr } = await run('drop', name, '--yes');
    expect([code, stderr]).toEqual([0, 'Dropped readings 10 to 11 of log log1 of esp.\n']);
    expect(await ledger()).toMatchObject({ lost: 2, quarantined: 0 });
    expect((await run('drop', name, '--yes')).code).toBe(5);
  });

  it('ends with 4 for another user', async () => {
    const file = await mended(MENDED);
    for (const args of [
      ['drop', name, '--yes'],
      ['replay', name, file],
    ])
      expect((await thermowell(['quarantine', ...args], as(STRANGER))).code).toBe(4);
  });
});
