/** `/series`, `/series/<id>`, `/series/<id>/latest`: reading. Writing is in `series-write.ts`. */
import { Refusal } from '../error.js';
import type { Access } from '../access.js';
import type { Series, Store } from '../store/store.js';
import { sendJson, stream, streamJson } from './answer.js';
import { doc } from './doc.js';
import { longList } from './long-list.js';
import { idOf, type ById, type Resource } from './parts.js';
import { pointText, timeText } from './point-text.js';
import { select } from './selection.js';
import { bucketsPieces, columnsPieces, csvPieces, pointsPieces } from './series-answer.js';
import { seriesQuery } from './series-query.js';
import { windowOf } from './window.js';

/** Buckets of all fields that become text in one go. */
const AT_ONCE = 1000;

export const series: Resource = (app, { store, access, clock }) => {
  app.get('/series', { schema: doc.listSeries }, async (request, reply) => {
    const all = await store.listSeries();
    return streamJson(
      request,
      reply,
      longList(['{', '}'], all, (one) => `"${one.id}":${seriesText(one, access)}`),
    );
  });

  app.get('/series/:id', { schema: doc.readSeries }, async (request: ById, reply) => {
    const { id } = await seriesNamed(request.params.id, store);
    const { format, buckets, aggregates, order, raw, ...selection } = seriesQuery(
      request.query as Record<string, unknown>,
    );
    const window = { ...windowOf(request.query as object, clock.reading()), order, raw };
    const left = () => request.raw.socket.destroyed;
    const read = () => select(window.from <= window.to ? store.read(id, window) : [], selection, left);
    if (buckets !== null) {
      const fields = selection.fields === null ? {} : { fields: selection.fields };
      const query = { from: window.from, to: window.to, buckets, aggregates, raw, ...fields };
      const answer = await store.buckets(id, query);
      // as a page asks for it: native code is quickest, and soon done
      if (answer.time.length * Object.keys(answer.fields).length <= AT_ONCE)
        return sendJson(request, reply, JSON.stringify(answer));
      return streamJson(request, reply, bucketsPieces(answer));
    }
    if (format === 'points') return streamJson(request, reply, pointsPieces(read(), id));
    if (format === 'columns') return streamJson(request, reply, await columnsPieces(read()));
    return stream(reply.header('content-type', 'text/csv; charset=utf-8'), csvPieces(read));
  });

  app.get('/series/:id/latest', { schema: doc.latest }, async (request: ById, reply) => {
    const { id } = await seriesNamed(request.params.id, store);
    const point = await store.latest(id);
    if (point === undefined) throw new Refusal('not-found', `Series ${request.params.id} has no value yet`);
    return sendJson(request, reply, pointText(point));
  });
};

/** The series with this id. @throws Refusal `not-found`, in timeseries-api's words, with the id as typed */
export async function seriesNamed(typed: string, store: Store): Promise<Series> {
  const id = idOf(typed);
  const found = id === null ? undefined : await store.series(id);
  if (found === undefined) throw noSuchSeries(typed);
  return found;
}

export function noSuchSeries(typed: string): Refusal {
  return new Refusal('not-found', `Series ${typed} doesn't exist`);
}

/** A series as timeseries-api lists it, and what was set beyond that; `user` is missing when the user is gone. */
export function seriesText(series: Series, access: Access): string {
  const { id, desc, device_id, device_desc, created, count, unit, colour, calibration } = series;
  const timestamp = timeText(created);
  const user = access.nameOf(series.user);
  return JSON.stringify({ id, desc, device_id, device_desc, timestamp, user, count, unit, colour, calibration });
}
