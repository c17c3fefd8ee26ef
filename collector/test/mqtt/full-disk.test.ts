/** A real disk that is full: no PUBACK, nothing lost, and once there is room again the retries go through. */
import { execFileSync } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CollectorProcess } from '../process.js';
import { temporaryFolder, USERS } from '../running.js';
import { batch, T0, TestClient } from './devices.js';

const mayMount = process.platform === 'linux' && process.getuid?.() === 0;
if (!mayMount) process.stderr.write('left out: MQTT with a full disk, since mounting one takes root on Linux\n');

const READINGS = 60;

test.skipIf(!mayMount)('a full disk gives no PUBACK and loses nothing', async () => {
  const folder = await temporaryFolder();
  const mounted = join(folder, 'disk');
  const users = join(folder, 'users.json');
  await writeFile(users, JSON.stringify(USERS));
  execFileSync('mkdir', [mounted]);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'none', mounted]);
  try {
    const ballast = join(mounted, 'ballast');
    await writeFile(ballast, Buffer.alloc(512 * 1024));
    const collector = new CollectorProcess(join(mounted, 'data'), {
      THERMOWELL_USERS: users,
      THERMOWELL_LOG_LEVEL: 'fatal',
      THERMOWELL_JOURNAL_BYTES: '65536',
      THERMOWELL_MQTT: 'on',
      THERMOWELL_MQTT_PORT: '0',
    });
    const port = await collector.mqttPort();
    const devices = ['a', 'b', 'c'].map((name) => ({ name, next: 0 }));
    /** Publishes until it isn't acknowledged, `rounds` times at most. */
    const fill = async (device: { name: string; next: number }, rounds = Infinity): Promise<boolean> => {
      const client = await TestClient.open(port, 'robin');
      for (let round = 0; round < rounds; round++) {
        if (!(await client.publish(`thermowell/${device.name}/batch`, noisy(device.next)))) return false;
        device.next += READINGS;
      }
      return true;
    };
    expect(await Promise.all(devices.map((device) => fill(device)))).toEqual([false, false, false]);
    // as long as it is full, retries fare no better, or find the last bit of room
    expect(await Promise.all(devices.map((device) => fill(device)))).toEqual([false, false, false]);
    const acknowledged = devices.map(({ next }) => next);
    await rm(ballast);
    expect(await Promise.all(devices.map((device) => fill(device, 10)))).toEqual([true, true, true]);

    const url = await collector.url();
    for (const [i, { name, next }] of devices.entries()) {
      expect(next).toBe(acknowledged[i]! + 10 * READINGS);
      const { ledger, sensors } = (await (await fetch(`${url}/devices/${name}`)).json()) as any;
      expect(ledger).toMatchObject([{ next, stored: next, lost: 0 }]);
      const points = (await (await fetch(`${url}/series/${sensors.probe}?from=0&format=columns`)).json()) as any;
      expect(points.time).toEqual(Array.from({ length: next }, (_, n) => T0 + n * 1000));
    }
    expect(await collector.end('SIGTERM')).toBe(0);
  } finally {
    execFileSync('umount', ['-l', mounted]);
  }
});

/** Values that don't compress. */
function noisy(first: number): object {
  const x = Array.from({ length: READINGS }, () => Math.random());
  return batch(first, READINGS, T0, { sensors: { probe: { x } } });
}
