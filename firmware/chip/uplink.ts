/** The uplink that the settings ask for. */
import type { Settings } from '../settings.js';
import type { Timers } from '../timer.js';
import { HttpUplink } from '../uplinks/http.js';
import { MqttUplink } from '../uplinks/mqtt.js';
import type { Uplink } from '../uplinks/uplink.js';
import { connect } from './http.js';
import { openMqtt } from './mqtt.js';
import { codec } from './text.js';

export function uplinkTo(
  { transport, collector, token }: Settings,
  { device_id, timers }: { device_id: string; timers: Timers },
): Uplink {
  const { host, port, base } = collector;
  if (transport === 'http') return new HttpUplink({ connect, codec, timers, host, port, base });
  return new MqttUplink({ open: openMqtt, codec, timers, host, port, device_id, token });
}
