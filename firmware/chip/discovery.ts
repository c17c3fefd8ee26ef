/** A collector in the LAN that nobody named, by mDNS and DNS-SD. */
import UDP from 'embedded:io/socket/udp';
import DNSSD, { type ServiceObject } from 'embedded:network/dnssd';
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
  const tell = ({ address, port, txt }: ServiceObject): void => {
    const mqtt = Number(txt?.get('mqtt'));
    onFound({ host: address, http: port, mqtt: mqtt > 0 ? mqtt : null, tls: txt?.get('tls') || null });
  };
  // What another search, that isn't closed yet, has found counts as updated.
  dnssd.discover({ serviceType: '_thermowell._tcp', onFound: tell, onUpdate: tell });
  return () => dnssd.close();
};
