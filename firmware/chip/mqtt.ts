/** Connections to a broker, over ECMA-419's MQTT client. */
import MQTTClient from 'embedded:network/mqtt/client';
import type { MqttClient, OpenMqtt } from '../uplinks/mqtt.js';
import { dns } from './dns.js';
import type { Trust } from './secure-socket.js';
import { socketBy } from './sockets.js';

/** A broker that hears nothing for one and a half times as long closes the connection. */
const KEEP_ALIVE_MS = 60_000;

/** @param trust whom it believes; null: no TLS */
export function mqttBy(trust: Trust | null): OpenMqtt {
  return (options) =>
    new MQTTClient({
      ...options,
      // The SDK calls it with one argument; its typings say otherwise.
      onControl: options.onControl as never,
      keepAlive: KEEP_ALIVE_MS,
      socket: socketBy(trust),
      dns: dns(),
    }) as unknown as MqttClient;
}
