/** Readings as a device would upload them. */
import type { Status } from '../../../firmware/protocol/batch.js';
import type { Running } from '../running.js';

const MINUTE = 60_000;

export interface Upload {
  device_id: string;
  device_desc: string;
  /** sensor → field */
  sensors: Record<string, string>;
  /** how many readings, one a minute */
  readings: number;
  /** the last one's age, ms */
  age?: number;
  /** the value of a reading; @param back how many minutes before the last one */
  value(sensor: string, back: number): number | null;
  /** sequence number of the first */
  first?: number;
  /** the device had to guess the times */
  estimated?: true;
  status?: Status;
}

/** Uploads a batch whose last reading was made `age` ago. */
export async function upload(collector: Running, options: Upload): Promise<void> {
  const { readings, age = 0, first = 0, estimated, status = { rssi: -61, version: '1.0.0' }, ...device } = options;
  const start = Date.now() - age - (readings - 1) * MINUTE;
  const column = (sensor: string): (number | null)[] =>
    Array.from({ length: readings }, (_, i) => device.value(sensor, readings - 1 - i));
  const answer = await collector.put('/batch/new', {
    token: 'robin',
    device_id: device.device_id,
    device_desc: device.device_desc,
    log: 'a1b2c3d4',
    first,
    clock: 'unix',
    ...(estimated === undefined ? {} : { estimated }),
    time: [start, ...Array.from({ length: readings - 1 }, () => MINUTE)],
    sensors: Object.fromEntries(
      Object.entries(device.sensors).map(([sensor, field]) => [sensor, { [field]: column(sensor) }]),
    ),
    status,
  });
  if (answer.status !== 201) throw new Error(`the upload was answered with ${answer.status}: ${answer.text}`);
}
