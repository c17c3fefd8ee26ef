/** What the collector's GETs answer with (protocol.md §2). Types only: nothing of this file reaches the chip. */
import type { Status } from './batch.js';
import type { Json, JsonObject } from './json.js';

/** Of `GET /series`, which has the id as the key. */
export interface SeriesShape {
  id: number;
  desc: string | null;
  device_id: string;
  device_desc: string;
  /** when it was made, ISO 8601, UTC */
  timestamp: string;
  /** the user's name; absent when the user is gone */
  user?: string;
  /** all its points */
  count: number;
  /** how to show it; absent until set by `PATCH /series/<id>` */
  unit?: string;
  /** `#rrggbb` */
  colour?: string;
  /** by ascending `from`; answers have it added, `raw=true` leaves it out */
  calibration?: CalibrationShape[];
}

/** Of `PATCH /series/<id>`, with a token. */
export interface SeriesPatchShape {
  desc?: string;
  device_desc?: string;
  /** null: none of its own */
  unit?: string | null;
  colour?: string | null;
  /** the whole list */
  calibration?: CalibrationShape[];
  /** alone: the device's other sensor that continues the series */
  sensor?: string;
}

/** From a time on, an offset is added to the numbers of a field, until the next one for that field. */
export interface CalibrationShape {
  /** ms; 0: all that was ever stored */
  from: number;
  field: string;
  offset: number;
}

/** A point, as every answer and every live event has it. */
export interface PointShape {
  id: number;
  series_id: number;
  /** ISO 8601, UTC */
  timestamp: string;
  fields: JsonObject;
  /** the device had to guess the time */
  estimated?: true;
}

/** `format=columns`: the points as they were stored, null where one has no value. */
export interface ColumnsShape {
  /** ms */
  time: number[];
  fields: Record<string, Json[]>;
  /** indices of those whose time the device had to guess */
  estimated?: number[];
}

/** `buckets=N`: summed up in times of equal length; empty ones are left out. */
export interface BucketsShape {
  /** start of each, ms */
  time: number[];
  /** field → aggregate → one value per bucket, null where the field has none */
  fields: Record<string, Record<string, (number | null)[]>>;
}

/** What became of one log's readings: next = before + stored + lost + quarantined. */
export interface Ledger {
  log: string;
  next: number;
  /** what preceded the first batch */
  before: number;
  stored: number;
  lost: number;
  quarantined: number;
  duplicates: number;
  /** older than the device's newest stored reading when they came */
  late: number;
  /** the newest of the losses, oldest first; absent while there was none. Dropped batches aren't in it */
  losses?: Loss[];
}

/** Readings that were gone from the device before it could send them, or from the collector's disk. */
export interface Loss {
  count: number;
  /** they were taken after this, ms: the newest reading there was; null where that can't be told */
  from: number | null;
  /** and before this, ms: the first reading that came after them, or its arrival where it can't be read */
  to: number;
  /**
   * absent: the device's buffer was full. `damage`: they had been stored, and a value of each was in a file that could not
   * be read any more; then the first was taken at `from`, and the last at `to`
   */
  why?: 'damage';
}

/** Of `GET /firmware`: an image, without its bytes. */
export interface ImageShape {
  name: string;
  version: string;
  platform: string;
  length: number;
  sha256: string;
  /** whose devices it is for, by name; absent when the user is gone */
  user?: string;
  /** when it came, ms */
  added: number;
}

/** Of `GET /devices`. */
export interface DeviceShape {
  device_id: string;
  device_desc: string;
  /** the user's name; absent when the user is gone */
  user?: string;
  /** when its last batch arrived, ms */
  seen: number;
  /** how often it uploads, ms; null while unknown */
  every: number | null;
  status: Status | null;
  /** sensor → series id */
  sensors: Record<string, number>;
  /** one per log, in the order they appeared */
  ledger: Ledger[];
}

/** What an alarm watches for. */
export interface AlarmRule {
  id: number;
  series_id: number;
  /** `stale`: no value comes; `fault`: the probe gives none */
  kind: 'above' | 'below' | 'stale' | 'fault';
  /** null: any */
  field: string | null;
  /** of `above` and `below`, else null */
  limit: number | null;
  /** by how much the value has to come back before the alarm ends */
  hysteresis: number;
  /** how long it has to last before it is an alarm, seconds */
  after_s: number;
}

export interface AlarmState {
  state: 'ok' | 'active';
  /** since when, by the readings' time, ms; null: ever */
  since: number | null;
  /** the newest, null where the probe gave none */
  value: number | null;
}

/** Of `GET /alarms`. */
export type AlarmShape = AlarmRule & AlarmState;

/** Of `GET /quarantine`: a batch that was refused, by which its device has moved on. */
export interface QuarantineShape {
  name: string;
  device_id: string;
  /** the user's name; absent when the user is gone */
  user?: string;
  log: string;
  /** number of the first reading */
  first: number;
  /** readings in it */
  length: number;
  /** its last so many readings count as quarantined; those before were known when it came */
  taken: number;
  /** when it first arrived, ms */
  received: number;
  /** why it was refused */
  detail?: string;
  /** instead: why its file can't be read */
  trouble?: string;
}

/** Of `GET /quarantine/<name>`. */
export interface QuarantinedShape extends QuarantineShape {
  /** as it came, but for the token */
  body: string;
}

/** Of `GET /health`, where `mqtt` isn't `"off"`: counts are since the start. */
export interface MqttShape {
  broker: 'own' | 'outside';
  /** `own`: `listening`, or `unavailable` where its port is taken; `outside`: the others */
  state: 'listening' | 'unavailable' | 'connecting' | 'connected' | 'closed';
  /** `mqtt://host:port` without user and password */
  address: string;
  /** what a person should know of it, or null */
  note: string | null;
  /** connected now; for an outside broker null */
  clients: number | null;
  /** messages that came in, and that were acknowledged or needed no acknowledgement */
  received: number;
  /** connections and messages that our own broker turned away; an outside one does that by itself */
  refused: number;
  /** messages left unacknowledged, to come again */
  deferred: number;
}
