/**
 * The SDK's TLS socket as it misbehaves: it throws within a callback, and a farewell in the middle of the handshake it
 * takes for its end. Its TCP socket tells it by the number of bytes what came.
 */
interface Options {
  TCP: { io: new (options: object) => { write(bytes: Uint8Array): number } };
  host: string;
  secure: { certificate: ArrayBuffer; serverName?: string };
  onError: () => void;
}

export const CAME = Object.freeze({ hello: 1, wrongCertificate: 2, farewell: 3 });

export default class TLSSocket {
  static secure: unknown;

  constructor({ TCP, secure, onError }: Options) {
    TLSSocket.secure = secure;
    const socket = new TCP.io({
      onReadable(came: number) {
        if (came === CAME.wrongCertificate) throw new Error('certificate: auth err');
        if (came === CAME.hello) for (const kind of [22, 20, 22]) socket.write(Uint8Array.of(kind));
        socket.write(Uint8Array.of(23));
      },
      onWritable: () => {},
      onError,
    });
  }
}

// What XS has and Node only from 25 on.
(Uint8Array as { fromBase64?: unknown }).fromBase64 ??= (text: string) => new Uint8Array(Buffer.from(text, 'base64'));
