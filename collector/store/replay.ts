/** The journal at start-up: every record is applied again, in order. */
import type { Line } from './journal-line.js';
import { recordedReadings } from './readings.js';
import {
  fromSteps,
  type BatchRecord,
  type PointsRecord,
  type QuarantineRecord,
  type Records,
  type ReplacementRecord,
  type ReplayRecord,
} from './record.js';
import { split } from './singles.js';
import type { State } from './state.js';
import { StoreError } from './store.js';

/** Applies a record again; one that was refused is refused again. */
export function replay(state: State, { kind, body }: Pick<Line, 'kind' | 'body'>): void {
  try {
    apply(state, kind, body);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
  }
}

function apply(state: State, kind: Line['kind'], body: Line['body']): void {
  switch (kind) {
    case 'segment':
      return;
    case 'create-series':
      return void state.createSeries(body as Records['create-series']);
    case 'patch-series':
      return void state.patchSeries(body as Records['patch-series']);
    case 'replace-sensor':
      return void state.replaceSensor(body as ReplacementRecord);
    case 'delete-series':
      return void state.deleteSeries(body as Records['delete-series']);
    case 'points':
      return void state.addPoints(body as PointsRecord);
    case 'singles':
      for (const point of split(body as Records['singles'])) replay(state, { kind: 'points', body: point });
      return;
    case 'delete-point':
      return void state.deletePoint(body as Records['delete-point']);
    case 'batch':
      return void state.addBatch(body as BatchRecord, recordedReadings(body as BatchRecord));
    case 'quarantine':
      return void state.quarantine(body as QuarantineRecord);
    case 'replay': {
      const { time, sensors, ...head } = body as ReplayRecord;
      return void state.replayBatch(head, fromSteps(time), sensors);
    }
    case 'drop-quarantine':
      return state.dropQuarantine(body as Records['drop-quarantine']);
  }
}
