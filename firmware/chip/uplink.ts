/** The uplink that the settings ask for. */
import type { Settings } from '../settings.js';
import type { Timers } from '../timer.js';
import { HttpUplink } from '../uplinks/http.js';
import { MqttUplink } from '../uplinks/mqtt.js';
import type { Uplink } from '../uplinks/uplink.js';
import { connectBy } from './http.js';
import { mqttBy } from './mqtt.js';
import { codec } from './text.js';

export function uplinkTo(
  { transport, collector, certificate, token }: Settings,
  { device_id, timers }: { device_id: string; timers: Timers },
): Uplink {
  const { secure, host, port, base } = collector;
  const trusted = secure ? certificate : null;
  if (transport === 'http') return new HttpUplink({ connect: connectBy(trusted), codec, timers, host, port, base });
  return new MqttUplink({ open: mqttBy(trusted), codec, timers, host, port, device_id, token });
}
