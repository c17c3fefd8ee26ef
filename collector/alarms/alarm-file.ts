/** `alarms.json` in the data folder: what is watched for, what is remembered, and what still has to be told. */
import { Low } from 'lowdb';
import type { Disk } from '../store/disk.js';
import { DurableFile } from '../store/durable-file.js';
import { ALARMS } from '../store/folder-copy.js';
import type { Alarm } from './alarm.js';
import type { Letter } from './outbox.js';

export interface AlarmData {
  /** the next alarm's id; none is used twice */
  next: number;
  alarms: Alarm[];
  letters: Letter[];
}

export type AlarmFile = Low<AlarmData>;

export function openAlarmFile(disk: Disk, folder: string): AlarmFile {
  return new Low<AlarmData>(new DurableFile(disk, folder, ALARMS), { next: 1, alarms: [], letters: [] });
}
