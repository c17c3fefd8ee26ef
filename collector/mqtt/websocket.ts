/** MQTT in WebSockets (MQTT 3.1.1 §6). Loaded by the first that comes. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { createWebSocketStream, WebSocketServer } from 'ws';

/** The subprotocols of MQTT 3.1.1 and 3.1. */
const PROTOCOLS = ['mqtt', 'mqttv3.1'];

/** Answers the handshake and calls back with the bytes that go in and out; answers itself where it is none. */
export function accept(
  upgrade: { request: IncomingMessage; socket: Duplex; head: Buffer },
  maxPayload: number,
  taken: (bytes: Duplex) => void,
): void {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload,
    handleProtocols: (offered) => PROTOCOLS.find((protocol) => offered.has(protocol)) ?? false,
  });
  server.handleUpgrade(upgrade.request, upgrade.socket, upgrade.head, (socket) => taken(createWebSocketStream(socket)));
}
