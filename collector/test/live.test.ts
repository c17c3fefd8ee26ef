/** `GET /live` and `GET /series/<id>/live`: server-sent events. */
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { NOW, start, type Running } from './running.js';
import { Wire } from './wire.js';

interface Event {
  id: string;
  event: string;
  data: any;
}

/** An open stream and the events that came on it. */
class Stream {
  readonly headers: Headers;
  readonly #events: Event[] = [];
  readonly #decoder = new TextDecoder();
  #rest = '';
  readonly #body: ReadableStreamDefaultReader<Uint8Array>;

  constructor({ headers, body }: Response) {
    this.headers = headers;
    this.#body = body!.getReader();
  }

  static async open(url: string, last?: number): Promise<Stream> {
    const abort = new AbortController();
    onTestFinished(() => abort.abort());
    const headers: Record<string, string> = last === undefined ? {} : { 'last-event-id': String(last) };
    return new Stream(await fetch(url, { headers, signal: abort.signal }));
  }

  /** What came, as soon as it is `count` events. */
  async events(count: number): Promise<Event[]> {
    while (this.#events.length < count && (await this.#more()));
    return this.#events;
  }

  leave(): Promise<void> {
    return this.#body.cancel();
  }

  /** Waits for the other side to end; all events that came. */
  async toTheEnd(): Promise<Event[]> {
    while (await this.#more());
    return this.#events;
  }

  async #more(): Promise<boolean> {
    const { done, value } = await this.#body.read();
    if (done) return false;
    const frames = (this.#rest + this.#decoder.decode(value, { stream: true })).split('\n\n');
    this.#rest = frames.pop()!;
    for (const frame of frames) if (frame.startsWith('id:')) this.#events.push(eventOf(frame));
    return true;
  }
}

function eventOf(frame: string): Event {
  const [id, event, data] = frame.split('\n').map((line) => line.slice(line.indexOf(': ') + 2));
  return { id: id!, event: event!, data: JSON.parse(data!) };
}

let collector: Running;
let id: number;

beforeEach(async () => {
  collector = await start();
  id = await collector.series();
});

const point = async (n: number, series = id, time = NOW + n): Promise<number> =>
  (await collector.put('/point/new', { token: 'robin', series_id: series, timestamp: time, fields: { n } })).body;
const numbers = (events: Event[]) => events.map(({ data }) => data.fields.n);

test('a point is sent as it is stored, with its id', async () => {
  const live = await Stream.open(`${collector.url}/live`);
  expect(live.headers.get('content-type')).toBe('text/event-stream');
  expect(live.headers.get('cache-control')).toBe('no-cache');
  const first = await point(1);
  const [event] = await live.events(1);
  expect(event).toMatchObject({ id: String(first), event: 'point' });
  expect(event!.data).toEqual((await collector.get(`/point/${first}`)).body);
});

test("one series has its own points only, all have everybody's", async () => {
  const other = await collector.series();
  const mine = await Stream.open(`${collector.url}/api/series/${id}/live`);
  const all = await Stream.open(`${collector.url}/api/live`);
  await point(1, other);
  await point(2);
  expect(numbers(await mine.events(1))).toEqual([2]);
  expect(numbers(await all.events(2))).toEqual([1, 2]);
});

test('a batch is sent point by point', async () => {
  const live = await Stream.open(`${collector.url}/live`);
  const time = Array.from({ length: 1000 }, (_, i) => NOW - 1000 + i);
  await collector.put('/batch/new', { token: 'robin', series_id: id, time, fields: { n: time.map((_, i) => i) } });
  expect(numbers(await live.events(1000))).toEqual(time.map((_, i) => i));
});

test('who comes back gets what was missed, of one series and of all', async () => {
  const before = await Stream.open(`${collector.url}/live`);
  const first = await point(1);
  await before.events(1);
  await before.leave();
  await point(2);
  await point(3);
  for (const path of ['/live', `/series/${id}/live`]) {
    const live = await Stream.open(collector.url + path, first);
    expect(numbers(await live.events(2))).toEqual([2, 3]);
  }
});

test('who comes back after a restart gets the missed points of a series from the store, late ones too', async () => {
  const first = await point(1);
  for (let n = 2; n <= 5; n++) await point(n, id, NOW - n * 1000);
  await collector.close();
  const again = await start({ folder: collector.folder });
  const live = await Stream.open(`${again.url}/series/${id}/live`, first);
  expect(numbers(await live.events(4))).toEqual([2, 3, 4, 5]);
  await again.put('/point/new', { token: 'robin', series_id: id, fields: { n: 6 } });
  expect(numbers(await live.events(5))).toEqual([2, 3, 4, 5, 6]);
});

test('who comes back gets more than one look at the store holds, once and in order, while more arrives', async () => {
  const first = await point(-1, id, NOW - 10_000_000);
  const time = Array.from({ length: 5000 }, (_, i) => NOW - 6000 + i);
  await collector.put('/batch/new', { token: 'robin', series_id: id, time, fields: { n: time.map((_, i) => i) } });
  await collector.close();
  const again = await start({ folder: collector.folder });
  const live = await Stream.open(`${again.url}/series/${id}/live`, first);
  for (let n = 5000; n < 5020; n++) await again.put('/point/new', { token: 'robin', series_id: id, fields: { n } });
  expect(numbers(await live.events(5020))).toEqual(Array.from({ length: 5020 }, (_, i) => i));
});

test('an id that was never given out is no reason to fail', async () => {
  const live = await Stream.open(`${collector.url}/live`, 123_456_789);
  await point(1);
  expect(numbers(await live.events(1))).toEqual([1]);
});

test('a series that is not there is 404', async () => {
  expect((await collector.get('/series/999/live')).body.message).toBe("Series 999 doesn't exist");
});

test('a client that takes nothing is dropped, and the others go on', async () => {
  const lazy = new Wire(collector.url);
  await lazy.send('GET /live HTTP/1.1\r\nHost: a\r\n\r\n');
  await lazy.until('retry:');
  lazy.socket.pause();
  const live = await Stream.open(`${collector.url}/live`);
  const time = Array.from({ length: 10_000 }, (_, i) => NOW - 10_000 + i);
  const batches = 20;
  for (let n = 0; n < batches; n++) {
    await collector.put('/batch/new', { token: 'robin', series_id: id, time, fields: { n: time.map(() => n) } });
    await live.events((n + 1) * 10_000);
  }
  lazy.socket.resume();
  const events = (await lazy.toTheEnd()).split('event: point').length - 1;
  expect(events).toBeLessThan(batches * 10_000);
});

test('HEAD answers and ends', async () => {
  const answer = await collector.call('HEAD', '/live');
  expect(answer).toMatchObject({ status: 200, text: '' });
  expect(answer.headers.get('content-type')).toBe('text/event-stream');
  expect((await collector.call('HEAD', '/series/999/live')).status).toBe(404);
});

test('a stream ends when the collector stops', async () => {
  const live = await Stream.open(`${collector.url}/live`);
  await point(1);
  await live.events(1);
  await collector.close();
  expect(numbers(await live.toTheEnd())).toEqual([1]);
});
