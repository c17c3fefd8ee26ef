/** The uplink that the settings ask for. */
import type { Address } from '../address.js';
import type { Settings } from '../settings.js';
import type { Timers } from '../timer.js';
import { HttpUplink } from '../uplinks/http.js';
import { MqttUplink } from '../uplinks/mqtt.js';
import type { Uplink } from '../uplinks/uplink.js';
import { uplinkToFound } from './discovery.js';
import { connectBy } from './http.js';
import { mqttBy } from './mqtt.js';
import { codec } from './text.js';

export function uplinkTo(settings: Settings, { device_id, timers }: { device_id: string; timers: Timers }): Uplink {
  const { transport, collector, certificate, token } = settings;
  const open = ({ secure, host, port, base }: Address): Uplink => {
    const trusted = secure ? certificate : null;
    if (transport === 'http') return new HttpUplink({ connect: connectBy(trusted), codec, timers, host, port, base });
    return new MqttUplink({ open: mqttBy(trusted), codec, timers, host, port, device_id, token });
  };
  if (collector !== null) return open(collector);
  return uplinkToFound({
    open({ host, http, mqtt }) {
      const port = transport === 'http' ? http : mqtt;
      return port === null ? null : open({ secure: false, host, port, base: '' });
    },
    timers,
  });
}
