/** Set-up: an open Wi-Fi of the device's own, in which every name and every address is the form of `setup/portal.ts`. */
import Listener from 'embedded:io/socket/listener';
import UDP from 'embedded:io/socket/udp';
import HTTPServer, { type HTTPConnection } from 'embedded:network/http/server';
import WiFi from 'wifi';
import type { SetupOptions } from '../chip/extras.js';
import { answerDns } from '../setup/dns.js';
import { FORM_MAX, Portal } from '../setup/portal.js';

/** The address that the SDK's access point gives itself. */
const ADDRESS = '192.168.4.1';
/** A list for a person, not a survey. */
const NETWORKS_MAX = 20;

/** Looks for networks first: the radio can't while it is one. */
export function openSetup(options: SetupOptions): boolean {
  const found = new Map<string, number>();
  WiFi.mode = 1;
  WiFi.scan({}, (network) => {
    try {
      if (network === null) return begin(options, strongest(found));
      const { ssid, rssi } = network;
      if (ssid !== '') found.set(ssid, Math.max(rssi, found.get(ssid) ?? -Infinity));
    } catch (error) {
      options.onTrouble(error);
    }
  });
  return true;
}

function strongest(found: Map<string, number>): string[] {
  return Array.from(found)
    .sort((a, b) => b[1] - a[1])
    .slice(0, NETWORKS_MAX)
    .map(([ssid]) => ssid);
}

function begin(options: SetupOptions, networks: readonly string[]): void {
  const portal = new Portal({ ...options, networks });
  WiFi.accessPoint({ ssid: options.name });
  const names = new UDP({
    port: 53,
    onReadable(count) {
      while (count-- > 0) {
        const packet = names.read();
        const answer = answerDns(new Uint8Array(packet), ADDRESS);
        if (answer !== null) names.write(answer, packet.address, packet.port);
      }
    },
  });
  void new HTTPServer({ io: Listener, port: 80, onConnect: (connection) => answerBy(portal, connection) });
}

/** One request; the server closes the connection after its answer. */
function answerBy(portal: Portal, connection: HTTPConnection): void {
  let method = '';
  let body: string | null = '';
  let out = new Uint8Array();
  let sent = 0;
  connection.accept({
    onRequest(request) {
      method = request.method;
    },
    onReadable(count) {
      const piece = this.read(count);
      if (piece === undefined || body === null) return;
      body += text(piece);
      if (body.length > FORM_MAX) body = null;
    },
    onResponse(response) {
      const { status, html } = portal.answer(method, body);
      out = new Uint8Array(ArrayBuffer.fromString(html));
      response.status = status;
      response.headers.set('content-type', 'text/html; charset=utf-8');
      response.headers.set('cache-control', 'no-store');
      response.headers.set('content-length', String(out.length));
      this.respond(response);
    },
    onWritable(count) {
      const piece = out.subarray(sent, sent + count);
      sent += piece.length;
      this.write(piece);
    },
    onError: () => {},
  });
}

/** A form's text is ASCII, and a piece of it may end anywhere. */
function text(piece: ArrayBuffer): string {
  return Array.from(new Uint8Array(piece), (byte) => String.fromCharCode(byte)).join('');
}
