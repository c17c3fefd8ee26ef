/** The MQTT topics that only the collector writes, or reads: protocol.md §4. */
import { isName, RESERVED_DEVICE } from './limits.js';
import { ROOT, type DeviceTopic } from './topic.js';

/** The collector's own status, retained, `offline` as its will. */
export const COLLECTOR_STATUS = `${ROOT}/${RESERVED_DEVICE}/status`;

export function stateTopic(device_id: string, sensor: string): string {
  return `${ROOT}/${device_id}/${sensor}/state`;
}

/** The device and kind of a topic, or null for any other topic. */
export function parseTopic(text: string): { device_id: string; kind: DeviceTopic } | null {
  const [root, device_id, kind, ...rest] = text.split('/');
  if (root !== ROOT || rest.length > 0 || !isName(device_id) || device_id === RESERVED_DEVICE) return null;
  return kind === 'batch' || kind === 'point' || kind === 'reply' ? { device_id, kind } : null;
}
