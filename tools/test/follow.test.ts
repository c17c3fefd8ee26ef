import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { PointShape } from '../../firmware/protocol/rest.js';
import { TestCollector } from './collector.js';
import { start, thermowell } from './thermowell.js';

const MINUTE = 60_000;
const END = Math.floor(Date.now() / MINUTE) * MINUTE - 10 * MINUTE;

const local = (ms: number) => new Date(ms).toLocaleString('sv-SE', { timeZone: 'Europe/Berlin' });

let collector: TestCollector;
const run = (...args: string[]) => thermowell([...args, '--url', collector.url]);

/** A command that goes on; its lines, one by one. */
class Following {
  readonly child: ChildProcess;
  readonly #lines: string[] = [];
  #said = '';
  #more: () => void = () => undefined;

  constructor(args: string[]) {
    this.child = start(args);
    onTestFinished(() => void this.child.kill('SIGKILL'));
    let rest = '';
    this.child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop()!;
      this.#lines.push(...lines);
      this.#more();
    });
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#said += text;
      this.#more();
    });
  }

  async line(): Promise<string> {
    while (this.#lines.length === 0) await new Promise<void>((resolve) => (this.#more = resolve));
    return this.#lines.shift()!;
  }

  async says(text: string): Promise<void> {
    while (!this.#said.includes(text)) await new Promise<void>((resolve) => (this.#more = resolve));
  }

  async end(): Promise<number | null> {
    this.child.kill('SIGINT');
    return ((await once(this.child, 'close')) as [number | null])[0];
  }
}

beforeEach(async () => {
  collector = await TestCollector.open();
  await collector.upload(20, END);
});
afterEach(() => collector.close());

describe('thermowell tail', () => {
  it('shows the newest points of each series by time', async () => {
    const { code, stdout } = await run('tail', '-n', '2');
    expect(code).toBe(0);
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.trim()),
    ).toEqual([
      expect.stringMatching(`^${local(END - MINUTE)}  1 fridge, 28-0316a4f1b2ff  [\\d.]+ °C$`),
      expect.stringMatching(`^${local(END - MINUTE)}  2 fridge, battery          [\\d.]+ V$`),
      expect.stringMatching(`^${local(END)}  1 fridge, 28-0316a4f1b2ff  [\\d.]+ °C$`),
      expect.stringMatching(`^${local(END)}  2 fridge, battery          [\\d.]+ V$`),
    ]);
  });

  it('--json is an object a line', async () => {
    const points = (await run('tail', '1', '--json')).stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as PointShape);
    expect(points.map(({ id }) => id % 1_000_000)).toEqual(new Array(10).fill(1));
  });

  it('ends with 5 for a series that is not there', async () => {
    expect((await run('tail', '99')).code).toBe(5);
  });

  it('says so where there is nothing yet', async () => {
    const empty = await TestCollector.open();
    onTestFinished(() => empty.close());
    const ended = await thermowell(['tail', '--url', empty.url]);
    expect(ended).toMatchObject({ code: 0, stdout: '', stderr: 'No points yet.\n' });
  });

  it('-f goes on with what is stored, and ends with 0 on Ctrl-C', async () => {
    const tail = new Following(['tail', '-f', '-n', '1', '--url', collector.url]);
    expect(await tail.line()).toContain('fridge, 28-0316a4f1b2ff');
    expect(await tail.line()).toContain('fridge, battery');
    await collector.upload(1, END + MINUTE, { first: 120 });
    expect(await tail.line()).toMatch(/28-0316a4f1b2ff +20 °C/);
    expect(await tail.line()).toMatch(/battery +4 V/);
    expect(await tail.end()).toBe(0);
  });

  it('-f shows each point once, of a series that is named twice too', async () => {
    const tail = new Following(['tail', '1', '1', '-f', '-n', '1', '--url', collector.url]);
    await tail.line();
    for (const i of [1, 2]) await collector.upload(1, END + i * MINUTE, { first: 119 + i });
    expect(await tail.line()).not.toBe(await tail.line());
    expect(await tail.end()).toBe(0);
  });

  it('-f knows a series that begins meanwhile', async () => {
    const tail = new Following(['tail', '-f', '-n', '0', '--url', collector.url]);
    const marker = { device_id: 'mark', device_desc: '', log: 'm', first: 0 };
    // listening has begun when a first point is seen
    let seen = '';
    for (let i = 0; seen === ''; i++) {
      await collector.upload(1, END, { ...marker, first: i });
      seen = await Promise.race([tail.line(), new Promise<string>((resolve) => setTimeout(resolve, 200, ''))]);
    }
    expect(seen).toContain('mark, 28-0316a4f1b2ff');
    expect(await tail.end()).toBe(0);
  });

  it('-f comes back after a break and asks for what it missed', async () => {
    const asked: (string | undefined)[] = [];
    const streams: ServerResponse[] = [];
    const server = createServer((request, response) => {
      if (request.url !== '/series/1/live') {
        response.end('{"1":{"device_id":"d","device_desc":"","desc":"x","count":1}}');
        return;
      }
      asked.push(request.headers['last-event-id'] as string | undefined);
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('retry: 10\n\n');
      streams.push(response);
      const point = {
        id: asked.length,
        series_id: 1,
        timestamp: new Date(END).toISOString(),
        fields: { temp_C: asked.length },
      };
      response.write(`id: ${asked.length}\nevent: point\ndata: ${JSON.stringify(point)}\n\n`);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const tail = new Following(['tail', '1', '-f', '-n', '0', '--url', url]);
    expect(await tail.line()).toContain('1 °C');
    streams[0]!.destroy();
    await tail.says('trying again');
    expect(await tail.line()).toContain('2 °C');
    await tail.says('Connected again.');
    expect(asked).toEqual([undefined, '1']);
  });
});

describe('thermowell monitor', () => {
  it('shows how a device is, by id or description', async () => {
    const status = { version: '1.2.3', rssi: -71, reset: 'deep-sleep', heap: 4711, trouble: null };
    await collector.upload(1, END, { device_id: 'm1', device_desc: 'Loft', log: 'b', first: 0, status });
    for (const name of ['m1', 'loft']) {
      const { code, stdout } = await run('monitor', name);
      expect(code).toBe(0);
      expect(
        stdout.split('\n').map((line) =>
          line
            .trim()
            .replace(/ {2,}/, ': ')
            .replace(/, \d.*old$/, ', old'),
        ),
      ).toEqual([
        'Loft (m1)',
        expect.stringMatching(/^seen: \d+ s ago$/),
        'readings: 100 % of 1 reading',
        'firmware: 1.2.3',
        'signal: -71 dBm, weak',
        'last reset: deep-sleep',
        'heap: 4711',
        '28-0316a4f1b2ff: 20 °C, old',
        'battery: 4 V, old',
        '',
      ]);
    }
    expect(JSON.parse((await run('monitor', 'm1', '--json')).stdout)).toMatchObject({
      status,
      newest: { battery: {} },
    });
  });

  it('-f adds a line for each upload of the device', async () => {
    await collector.upload(1, END, { device_id: 'm2', device_desc: '', log: 'b', first: 0 });
    const monitor = new Following(['monitor', 'm2', '-f', '--json', '--url', collector.url]);
    await monitor.line();
    let line = '';
    for (let i = 1; line === ''; i++) {
      await collector.upload(1, END + i * MINUTE, { device_id: 'm1', log: 'b', first: i });
      await collector.upload(1, END + i * MINUTE, { device_id: 'm2', log: 'b', first: i, status: { rssi: -50 - i } });
      line = await Promise.race([monitor.line(), new Promise<string>((resolve) => setTimeout(resolve, 500, ''))]);
    }
    expect(JSON.parse(line)).toMatchObject({ device_id: 'm2', status: { rssi: expect.any(Number) } });
    expect(await monitor.end()).toBe(0);
  });

  it('ends with 5 for a device that is not there, and lists those that are', async () => {
    const { code, stderr } = await run('monitor', 'nobody');
    expect(code).toBe(5);
    expect(stderr).toContain('fridge (24:6f:28:aa:bb:cc)');
  });

  it('ends with 5 for a description that several devices have, and lists those', async () => {
    for (const device_id of ['one', 'two']) await collector.upload(1, END, { device_id, device_desc: 'Twin' });
    for (const device_id of ['three', 'four']) await collector.upload(1, END, { device_id, device_desc: '' });
    const { code, stderr } = await run('monitor', 'twin');
    expect([code, stderr.split('\n')]).toEqual([
      5,
      ['thermowell: 2 devices are called "twin"; give an id', '  There are:', '    Twin (one)', '    Twin (two)', ''],
    ]);
    expect((await run('monitor', '')).stderr).toContain('no device is called ""');
  });
});

describe('thermowell ledger', () => {
  it('says in words and figures what became of the readings', async () => {
    await collector.upload(3, END, { device_id: 'l', device_desc: 'lab', log: 'a', first: 7 });
    await collector.upload(3, END + 3 * MINUTE, { device_id: 'l', device_desc: 'lab', log: 'a', first: 12 });
    const { code, stdout } = await run('ledger', 'lab');
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^lab \(l\), seen \d+ s ago$/);
    expect(lines[1]).toBe('75 % of 8 readings; 2 lost, buffer full');
    expect(lines[4]!.split(/ +/)).toEqual(['a', '6', '2', '0', '0', expect.any(String), '7', '15']);
    expect(lines.at(-1)).toBe(`2 lost between ${local(END)} and ${local(END + MINUTE)}: the buffer was full`);
    expect(JSON.parse((await run('ledger', 'l', '--json')).stdout)).toMatchObject({ readings: 8, stored: 6, lost: 2 });
  });

  it('never calls it all when something is missing', async () => {
    await collector.upload(1, END, { device_id: 'n', device_desc: '', log: 'a', first: 0 });
    await collector.upload(9999, END, { device_id: 'n', device_desc: '', log: 'a', first: 2 });
    expect((await run('ledger', 'n')).stdout).toContain('99.99 % of 10,001 readings; 1 lost');
  });
});
