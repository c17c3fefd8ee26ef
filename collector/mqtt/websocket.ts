/** MQTT in WebSockets (MQTT 3.1.1 §6). Loaded by the first that comes. */
import type { Duplex } from 'node:stream';
import { createWebSocketStream, WebSocketServer } from 'ws';
import type { Upgrade } from './upgrade.js';

/** The subprotocols of MQTT 3.1.1 and 3.1. */
const PROTOCOLS = ['mqtt', 'mqttv3.1'];

/** Answers the handshake and calls back with the bytes that go in and out; answers itself where it is none. */
export function accept({ request, socket, head }: Upgrade, maxPayload: number, taken: (bytes: Duplex) => void): void {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload,
    handleProtocols: (offered) => PROTOCOLS.find((protocol) => offered.has(protocol)) ?? false,
  });
  server.handleUpgrade(request, socket, head, (opened) => taken(createWebSocketStream(opened)));
}
