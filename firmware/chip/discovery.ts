/** Collectors in the LAN, by mDNS and DNS-SD. */
import UDP from 'embedded:io/socket/udp';
import DNSSD from 'embedded:network/dnssd';
import type { Find } from '../uplinks/found.js';

export const findCollector: Find = (onFound) => {
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
