/** `PUT /series/new`, `PATCH` and `DELETE /series/<id>`. */
import { pointer, ProtocolError } from '../../firmware/protocol/error.js';
import type { JsonObject } from '../../firmware/protocol/json.js';
import { isPrototypeName } from '../../firmware/protocol/limits.js';
import { mayWriteAs, mayWriteTo } from '../access.js';
import { refusePrototypeNames } from '../document.js';
import { Refusal } from '../error.js';
import type { Series, SeriesPatch } from '../store/store.js';
import { upload } from './authorization.js';
import { doc } from './doc.js';
import { idOf, onlyNew, type ById, type Resource } from './parts.js';
import { scalar, seriesChange } from './series-change.js';
import { noSuchSeries, seriesNamed, seriesText } from './series.js';

/** timeseries-api's words for both members that a series must have. */
const MISSING = 'Some kind of device ID';

export const seriesWrite: Resource = (app, parts) => {
  const { store, access, clock, alarms } = parts;

  app.put('/series/:id', { schema: doc.newSeries }, async (request: ById, reply) => {
    const { body, user } = await upload(request, parts);
    const { document } = body;
    onlyNew(request.params.id);
    refusePrototypeNames(body);
    const device_id = required(document, 'device_id');
    const device_desc = required(document, 'device_desc');
    const desc = scalar(document, 'desc') ?? null;
    if (isPrototypeName(device_id)) throw new ProtocolError('/device_id', 'not a name a device may have');
    mayWriteAs(user, device_id);
    const created = clock.mustKnow();
    const id = await store.createSeries({ device_id, device_desc, desc, user: user.id, created });
    return reply.code(201).header('content-type', 'application/json').send(String(id));
  });

  app.patch('/series/:id', { schema: doc.patchSeries }, async (request: ById, reply) => {
    const { body, user } = await upload(request, parts);
    const { document } = body;
    refusePrototypeNames(body);
    const series = await seriesNamed(request.params.id, store);
    mayWriteTo(user, series);
    const { sensor, patch } = seriesChange(document);
    const patched = sensor === null ? await changed(series, patch) : await replaced(series, sensor);
    return reply.header('content-type', 'application/json').send(seriesText(patched, access));
  });

  const changed = async ({ id }: Series, patch: SeriesPatch): Promise<Series> => {
    const patched = await store.patchSeries(id, patch);
    if (patch.calibration !== undefined) await alarms.revise(id);
    return patched;
  };

  const replaced = async ({ id, device_id }: Series, sensor: string): Promise<Series> => {
    const device = await store.device(device_id);
    const series = await store.replaceSensor(id, sensor);
    if (device !== undefined && Object.hasOwn(device.sensors, sensor)) await alarms.move(device.sensors[sensor]!, id);
    return series;
  };

  app.delete('/series/:id', { schema: doc.deleteSeries }, async (request: ById, reply) => {
    const { user } = await upload(request, parts);
    const id = idOf(request.params.id);
    if (id === null) throw noSuchSeries(request.params.id);
    const series = await store.series(id);
    if (series !== undefined) {
      mayWriteTo(user, series);
      await store.deleteSeries(id);
    }
    return reply.code(204).send();
  });
};

/** Present, though null or "" will do, as in timeseries-api; null is kept as "". */
function required(document: JsonObject, name: string): string {
  const value = scalar(document, name);
  if (value === undefined)
    throw new Refusal('invalid', `${name} is required`, { message: { [name]: MISSING }, pointer: pointer(name) });
  return value ?? '';
}
