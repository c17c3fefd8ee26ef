/** The NTP client's door to the network, over a stand-in of the SDK's UDP (sdk/udp.ts). */
import { beforeEach, expect, test } from 'vitest';
import { NtpSocket } from '../chip/ntp-socket.js';
import UDP from './sdk/udp.js';

/** 2026-11-20 12:00 in NTP's seconds. */
const NOW = Date.UTC(2026, 10, 20, 12) / 1000 + 2_208_988_800;

let heard: number[];
let socket: NtpSocket;

/** As the SDK's client asks, and reads what it is told of. */
beforeEach(() => {
  heard = [];
  socket = new NtpSocket({
    onReadable(count) {
      const packet = new DataView(socket.read()!);
      while (--count) socket.read();
      heard.push(packet.getUint32(40));
    },
  });
  const packet = new Uint8Array(48);
  packet[0] = (4 << 3) | 3;
  socket.write(packet, '192.0.2.1', 123);
});

/** A good answer, but for what is changed. */
function answer(change: (view: DataView) => void = () => {}, length = 48): Uint8Array {
  const bytes = new Uint8Array(48);
  const view = new DataView(bytes.buffer);
  bytes[0] = (4 << 3) | 4;
  bytes[1] = 2;
  bytes.set(UDP.newest.written[0]!.bytes.subarray(40, 48), 24);
  view.setUint32(40, NOW);
  change(view);
  return bytes.subarray(0, length);
}

test('asks where it is told to, with a mark of its own, and hears the answer', () => {
  expect(UDP.newest.written).toMatchObject([{ address: '192.0.2.1', port: 123 }]);
  expect(UDP.newest.written[0]!.bytes[0]).toBe(0x23);
  UDP.newest.receive(answer());
  expect(heard).toEqual([NOW]);
});

test.each<[string, () => Uint8Array]>([
  ['nothing', () => new Uint8Array()],
  ['too short', () => answer(undefined, 47)],
  ['a question', () => answer((view) => view.setUint8(0, 0x23))],
  ['a broadcast', () => answer((view) => view.setUint8(0, 0x25))],
  ['from a server that has no time yet', () => answer((view) => view.setUint8(0, 0xe4))],
  ['a kiss of death', () => answer((view) => view.setUint8(1, 0))],
  ['of stratum 16', () => answer((view) => view.setUint8(1, 16))],
  ['the answer to another question', () => answer((view) => view.setUint32(28, view.getUint32(28) ^ 1))],
  ['without a time', () => answer((view) => view.setUint32(40, 0))],
])('a packet that is %s is passed over, and the answer behind it heard', (_, packet) => {
  UDP.newest.receive(packet());
  expect(heard).toEqual([]);
  UDP.newest.receive(packet(), answer(), packet());
  expect(heard).toEqual([NOW]);
});

test('once closed, in the middle of packets too, nothing more is heard', () => {
  const closing = new NtpSocket({
    onReadable: () => {
      heard.push(1);
      closing.close();
    },
  });
  closing.write(new Uint8Array(48), '192.0.2.1', 123);
  UDP.newest.receive(answer(), answer());
  expect(heard).toEqual([1]);
});
