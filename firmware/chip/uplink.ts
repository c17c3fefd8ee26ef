/** The uplink that the settings ask for. */
import type { Address } from '../address.js';
import type { Settings } from '../settings.js';
import type { Timers } from '../timer.js';
import { HttpUplink } from '../uplinks/http.js';
import { MqttUplink } from '../uplinks/mqtt.js';
import type { Search } from '../uplinks/search.js';
import type { Uplink } from '../uplinks/uplink.js';
import { uplinkToFound } from './discovery.js';
import { connectBy } from './http.js';
import { mqttBy } from './mqtt.js';
import type { Trust } from './secure-socket.js';
import { codec } from './text.js';

export interface UplinkOptions {
  device_id: string;
  timers: Timers;
  /** finds the collector where the settings name none */
  search: Search | null;
}

export function uplinkTo(settings: Settings, { device_id, timers, search }: UplinkOptions): Uplink {
  const { transport, collector, certificate, token } = settings;
  const open = ({ host, port, base }: Omit<Address, 'secure'>, trust: Trust | null): Uplink => {
    if (transport === 'http') return new HttpUplink({ connect: connectBy(trust), codec, timers, host, port, base });
    return new MqttUplink({ open: mqttBy(trust), codec, timers, host, port, device_id, token });
  };
  if (collector !== null) return open(collector, collector.secure ? { certificate } : null);
  return uplinkToFound({
    search: search!,
    open({ host, http, mqtt, tls }) {
      const port = transport === 'http' ? http : mqtt!;
      return open({ host, port, base: '' }, tls === null ? null : { certificate, name: tls });
    },
  });
}
