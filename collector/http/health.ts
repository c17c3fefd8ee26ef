import { VERSION } from '../../firmware/protocol/version.js';
import { sendJson } from './answer.js';
import { doc } from './doc.js';
import type { Parts, Resource } from './parts.js';

/** `GET /health`: `ok`, `degraded` (it stores, but somebody should look), or 503 and `failed` (it stores nothing). */
export const health: Resource = (app, parts) => {
  app.get('/health', { schema: doc.health }, async (request, reply) => {
    const health = healthOf(parts);
    const text = JSON.stringify(health);
    // no script for what is an error
    if (health.status === 'failed') return reply.code(503).header('content-type', 'application/json').send(text);
    return sendJson(request, reply, text);
  });
};

function healthOf({ store, clock, access, bus }: Parts) {
  const { state, notes, points, series, newest, damaged } = store.health();
  const now = clock.now();
  const trouble = access.trouble();
  const mqtt = bus?.status() ?? null;
  const reachable = mqtt === null || mqtt.state === 'listening' || mqtt.state === 'connected';
  const well = now !== undefined && trouble === null && reachable && damaged.length === 0;
  return {
    status: state !== 'open' ? 'failed' : well ? 'ok' : 'degraded',
    version: VERSION,
    uptime_s: Math.floor(process.uptime()),
    store: { state, points, series, notes, damaged },
    clock:
      now === undefined
        ? { trusted: false, shows: clock.reading(), newest, why: clock.doubt() }
        : { trusted: true, now },
    users: trouble ?? 'ok',
    mqtt: mqtt ?? 'off',
  };
}
