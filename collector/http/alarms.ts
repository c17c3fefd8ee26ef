/** `/alarms`, `/alarms/<id>`: what is watched for. An alarm is its series' owner's. */
import { mayWriteTo } from '../access.js';
import { changedRule, checkChange, newRule } from '../alarms/rule.js';
import { refusePrototypeNames } from '../document.js';
import { Refusal } from '../error.js';
import type { Upload } from '../ingest.js';
import { seriesId } from '../plain.js';
import { sendJson } from './answer.js';
import { upload } from './authorization.js';
import { doc } from './doc.js';
import { idOf, onlyNew, type ById, type Resource } from './parts.js';
import { noSuchSeries } from './series.js';

export const alarms: Resource = (app, parts) => {
  const { store, alarms } = parts;

  /** @throws Refusal `not-found`, `denied` */
  const own = async (series_id: number, { user }: Upload): Promise<void> => {
    const series = await store.series(series_id);
    if (series === undefined) throw noSuchSeries(String(series_id));
    mayWriteTo(user, series);
  };

  /** @throws Refusal `not-found` */
  const named = (typed: string) => {
    const id = idOf(typed);
    const alarm = id === null ? undefined : alarms.alarm(id);
    if (alarm === undefined) throw new Refusal('not-found', `Alarm ${typed} doesn't exist`);
    return alarm;
  };

  app.get('/alarms', { schema: doc.listAlarms }, async (request, reply) =>
    sendJson(request, reply, JSON.stringify(await alarms.list())),
  );

  app.get('/alarms/:id', { schema: doc.readAlarm }, async (request: ById, reply) =>
    sendJson(request, reply, JSON.stringify(named(request.params.id))),
  );

  app.put('/alarms/:id', { schema: doc.newAlarm }, async (request: ById, reply) => {
    const sent = await upload(request, parts);
    onlyNew(request.params.id);
    refusePrototypeNames(sent.body);
    const series_id = seriesId(sent.body.document).id;
    await own(series_id, sent);
    const id = await alarms.add({ series_id, ...newRule(sent.body.document) });
    return reply.code(201).header('content-type', 'application/json').send(String(id));
  });

  app.patch('/alarms/:id', { schema: doc.patchAlarm }, async (request: ById, reply) => {
    const sent = await upload(request, parts);
    refusePrototypeNames(sent.body);
    const { id, series_id } = named(request.params.id);
    await own(series_id, sent);
    checkChange(sent.body.document);
    const changed = await alarms.change(id, (rule) => changedRule(rule, sent.body.document));
    return reply.header('content-type', 'application/json').send(JSON.stringify(changed));
  });

  app.delete('/alarms/:id', { schema: doc.deleteAlarm }, async (request: ById, reply) => {
    const sent = await upload(request, parts);
    const { id, series_id } = named(request.params.id);
    if ((await store.series(series_id)) !== undefined) await own(series_id, sent);
    await alarms.remove(id);
    return reply.code(204).send();
  });
};
