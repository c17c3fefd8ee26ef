/**
 * The UDP socket of the SDK's NTP client, which believes the first packet that comes, whoever sent it, and throws where
 * that is a short one. This socket passes on what answers the question, of a server that knows the time itself: a router
 * that started a minute ago, after the same power cut, may not.
 */
import UDP from 'embedded:io/socket/udp';

/** RFC 5905 §7.3, figure 8: the packet's bytes, and offsets in it. */
const LENGTH = 48;
const STRATUM = 1;
const ORIGIN = 28;
const TRANSMIT = 40;

const SERVER = 4;
const UNSYNCHRONIZED = 3;
/** From 1; 0 is a kiss of death (§7.4), 16 no time. */
const FARTHEST = 15;

/** The SDK's typings have forgotten it. */
type Socket = UDP & { close(): void };

export class NtpSocket {
  private readonly udp: Socket;
  /** comes back with the answer (§8) */
  private readonly mark = (Math.random() * 0x1_0000_0000) >>> 0;
  private answer: ArrayBuffer | null = null;
  private closed = false;

  constructor(options: { onReadable: (count: number) => void }) {
    this.udp = new UDP({
      ...options,
      onReadable: (count: number) => {
        for (let left = count; left > 0 && !this.closed; left--) {
          this.answer = this.udp.read();
          if (answers(this.answer, this.mark)) options.onReadable(1);
        }
      },
    }) as Socket;
  }

  write(packet: Uint8Array, address: string, port: number): void {
    new DataView(packet.buffer).setUint32(TRANSMIT + 4, this.mark);
    this.udp.write(packet, address, port);
  }

  /** The one that it has told of. */
  read(): ArrayBuffer | null {
    return this.answer;
  }

  close(): void {
    this.closed = true;
    this.udp.close();
  }
}

function answers(packet: ArrayBuffer, mark: number): boolean {
  if (packet.byteLength < LENGTH) return false;
  const view = new DataView(packet);
  const head = view.getUint8(0);
  const stratum = view.getUint8(STRATUM);
  if ((head & 7) !== SERVER || head >> 6 === UNSYNCHRONIZED || stratum === 0 || stratum > FARTHEST) return false;
  return view.getUint32(ORIGIN) === mark && view.getUint32(TRANSMIT) > 0;
}
