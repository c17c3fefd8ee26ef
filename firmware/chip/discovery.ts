/** A collector in the LAN that nobody named, by mDNS and DNS-SD. */
import UDP from 'embedded:io/socket/udp';
import DNSSD from 'embedded:network/dnssd';
import type { Settings } from '../settings.js';
import type { Timers } from '../timer.js';
import { FoundUplink, type FoundUplinkOptions } from '../uplinks/found.js';
import { Search, type Find, type Found } from '../uplinks/search.js';
import type { Uplink } from '../uplinks/uplink.js';

/**
 * Where the settings don't say where the collector is. With a certificate it looks for one that speaks TLS, and for no
 * other: whoever could announce a second one would else be told the token. null: the settings do say.
 */
export function searchFor(settings: Settings, timers: Timers): Search | null {
  const { transport, collector, images, certificate } = settings;
  if (images !== null) return null;
  const needsMqtt = transport === 'mqtt' && collector === null;
  const takes = ({ tls, mqtt }: Found): boolean =>
    (tls !== null) === (certificate !== '') && (mqtt !== null || !needsMqtt);
  return new Search({ find: findCollector, takes, timers });
}

export function uplinkToFound(options: FoundUplinkOptions): Uplink {
  return new FoundUplink(options);
}

const findCollector: Find = (onFound) => {
  const dnssd = new DNSSD({ socket: { io: UDP } });
  dnssd.discover({
    serviceType: '_thermowell._tcp',
    onFound({ address, port, txt }) {
      const mqtt = Number(txt?.get('mqtt'));
      onFound({ host: address, http: port, mqtt: mqtt > 0 ? mqtt : null, tls: txt?.get('tls') || null });
    },
  });
  return () => dnssd.close();
};
