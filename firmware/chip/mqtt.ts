/** Connections to a broker, over ECMA-419's MQTT client. */
import TCP from 'embedded:io/socket/tcp';
import MQTTClient from 'embedded:network/mqtt/client';
import type { MqttClient, OpenMqtt } from '../uplinks/mqtt.js';
import { dns } from './dns.js';

/** A broker that hears nothing for one and a half times as long closes the connection. */
const KEEP_ALIVE_MS = 60_000;

export const openMqtt: OpenMqtt = (options) =>
  new MQTTClient({
    ...options,
    // The SDK calls it with one argument; its typings say otherwise.
    onControl: options.onControl as never,
    keepAlive: KEEP_ALIVE_MS,
    socket: { io: TCP },
    dns: dns(),
  }) as unknown as MqttClient;
