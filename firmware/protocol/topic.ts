/** A device's MQTT topics, as it writes them: protocol.md §4. */
export const ROOT = 'thermowell';

export type DeviceTopic = 'batch' | 'point' | 'reply';

export function topic(device_id: string, kind: DeviceTopic): string {
  return `${ROOT}/${device_id}/${kind}`;
}
