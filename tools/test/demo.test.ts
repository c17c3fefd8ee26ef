import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { Client } from '../client.js';
import { start } from './thermowell.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'thermowell-demo-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('thermowell demo', () => {
  it('has three devices a week old, then live, and leaves nothing behind', async () => {
    const child = start(['demo'], { env: { TMPDIR: folder } });
    onTestFinished(() => void child.kill('SIGKILL'));
    let said = '';
    const ended = new Promise((resolve) => child.once('close', resolve));
    await new Promise<void>((resolve) => {
      child.stderr!.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        if (said.includes('live from now on')) resolve();
      });
      void ended.then(() => resolve());
    });
    const [, url] = /^ {2}(http:\S+)$/m.exec(said)!;
    const client = new Client(new URL(url!));
    const series = await client.series();
    expect(new Set(series.map(({ device_id }) => device_id)).size).toBe(3);
    expect(series.map(({ desc }) => desc)).toContain('living room');
    for (const { count } of series) expect(count).toBeGreaterThan(600);
    const age = async () => Date.now() - Date.parse((await client.latest(series[0]!.id))!.timestamp);
    while ((await age()) > 60_000) expect(child.exitCode).toBeNull();

    child.kill('SIGINT');
    expect(await ended).toBe(0);
    expect(said).toMatch(/([\d,]+) readings taken, \1 stored, 0 lost\.\n$/);
    expect(await readdir(folder)).toEqual([]);
  });
});
