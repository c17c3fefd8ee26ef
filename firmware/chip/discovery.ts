/** A collector in the LAN that nobody named, by mDNS and DNS-SD. */
import UDP from 'embedded:io/socket/udp';
import DNSSD from 'embedded:network/dnssd';
import { FoundUplink, type Find, type FoundUplinkOptions } from '../uplinks/found.js';
import type { Uplink } from '../uplinks/uplink.js';

export function uplinkToFound(options: Omit<FoundUplinkOptions, 'find'>): Uplink {
  return new FoundUplink({ ...options, find: findCollector });
}

const findCollector: Find = (onFound) => {
  const dnssd = new DNSSD({ socket: { io: UDP } });
  dnssd.discover({
    serviceType: '_thermowell._tcp',
    onFound({ address, port, txt }) {
      const mqtt = Number(txt?.get('mqtt'));
      onFound({ host: address, http: port, mqtt: mqtt > 0 ? mqtt : null });
    },
  });
  return () => dnssd.close();
};
