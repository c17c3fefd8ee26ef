import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Access } from '../access.js';
import type { Alarms } from '../alarms/alarms.js';
import type { CollectorClock } from '../clock.js';
import type { Config } from '../config.js';
import { Refusal } from '../error.js';
import type { Firmware } from '../firmware.js';
import type { Ingest } from '../ingest.js';
import type { Bus } from '../mqtt/bus.js';
import type { Quarantine } from '../quarantine.js';
import type { Store } from '../store/store.js';
import type { Followers } from './followers.js';
import type { LiveHub } from './live-hub.js';
import type { UnderWay } from './under-way.js';

/** What the resources are made of. */
export interface Parts {
  config: Config;
  store: Store;
  access: Access;
  clock: CollectorClock;
  ingest: Ingest;
  quarantine: Quarantine;
  live: LiveHub;
  followers: Followers;
  underWay: UnderWay;
  firmware: Firmware;
  /** null: no MQTT */
  bus: Bus | null;
  alarms: Alarms;
}

/** Adds one resource's routes; called for `/` and again for `/api`. */
export type Resource = (app: FastifyInstance, parts: Parts) => void;

/** A request for one thing by its id. */
export type ById = FastifyRequest<{ Params: { id: string } }>;

/** An id as typed in an address → a number, or null where it can't be one. */
export function idOf(typed: string): number | null {
  return /^-?\d{1,15}$/.test(typed) ? Number(typed) : null;
}

/** @throws Refusal for `PUT` to an id, in timeseries-api's words */
export function onlyNew(typed: string): void {
  if (typed !== 'new') throw new Refusal('not-found', "For now only 'new' resource is available for PUT request");
}
