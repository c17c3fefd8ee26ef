import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestCollector, TOKEN } from './collector.js';
import { thermowell } from './thermowell.js';

let collector: TestCollector;

beforeAll(async () => {
  collector = await TestCollector.open();
});
afterAll(() => collector.close());

function simulate(...args: string[]) {
  const env = { THERMOWELL_URL: collector.url, THERMOWELL_TOKEN: TOKEN };
  return thermowell(['simulate', ...args], { env });
}

describe('thermowell simulate', () => {
  it('ends with a ledger per device and in total', async () => {
    const { code, stdout, stderr } = await simulate('--days', '1', '--period', '600', '--power-cuts', '3');
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(5);
    expect(lines[0]).toMatch(/^device +taken +stored +duplicates +lost +points +gaps +power cuts$/);
    for (const line of lines.slice(1, 4)) expect(line).toMatch(/^02(:[0-9a-f]{2}){5} +(\d+) +\2 +\d+ +0 +\d+ +0 +3$/);
    expect(lines[4]).toMatch(/^total +(\d+) +\1 +\d+ +0 +[\d,]+ +0 +9$/);
    expect(stderr).toMatch('Every reading is there once');
    expect(code).toBe(0);
  });

  it('--json gives the same as an object', async () => {
    const { code, stdout } = await simulate(
      '--days',
      '1',
      '--period',
      '600',
      '--devices',
      '2',
      '--probes',
      '1',
      '--json',
    );
    const finding = JSON.parse(stdout);
    expect(finding).toMatchObject({ lost: 0, wrong: 0, devices: [{ lost: 0 }, { lost: 0 }] });
    expect(finding.stored).toBe(finding.taken);
    expect(finding.points).toBe(2 * finding.taken);
    expect(code).toBe(0);
  });

  it.each([
    ['--devices', '0'],
    ['--devices', 'three'],
    ['--probes', '-1'],
    ['--days', '1.5'],
    ['--days', '0'],
    ['--period', '0'],
    ['--upload', 'often'],
    ['--outage', '2'],
    ['--outage', '7d'],
    ['--power-cuts', '1e3'],
  ])('refuses %s %s and says what is wrong with it', async (flag, value) => {
    const { code, stdout, stderr } = await simulate(flag, value);
    expect(stdout).toBe('');
    expect(stderr).toMatch(flag === '--outage' && value === '7d' ? 'outage' : flag);
    expect(code).toBe(2);
  });

  it('needs a token that the collector knows', async () => {
    const env = { THERMOWELL_URL: collector.url };
    const without = await thermowell(['simulate'], { env });
    expect([without.code, without.stderr]).toEqual([4, expect.stringContaining('token')]);
    const unknown = await simulate('--token', 'nobody');
    expect([unknown.code, unknown.stderr]).toEqual([4, expect.stringContaining("Token nobody doesn't exist")]);
  });

  it('needs a collector', async () => {
    const { code, stderr } = await simulate('--url', 'http://127.0.0.1:9');
    expect([code, stderr]).toEqual([3, expect.stringContaining('cannot reach a collector')]);
  });
});
