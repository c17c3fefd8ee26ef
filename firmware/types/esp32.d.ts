/** The SDK's modules that only an ESP32 has, as its own typings call them; npm's lack them. */
declare module 'embedded:storage/key-value' {
  interface Storage {
    read(key: string): ArrayBuffer | string | number | bigint | undefined;
    write(key: string, value: ArrayBuffer): void;
  }
  const KeyValueStorage: { open(options: { path: string }): Storage };
  export default KeyValueStorage;
}

declare module 'embedded:storage/flash' {
  export interface Flash {
    close(): void;
  }
  const flash: { open(options: { path: string }): Flash };
  export default flash;
}

declare module 'embedded:update' {
  import type { Flash } from 'embedded:storage/flash';
  export interface Updater {
    write(bytes: Uint8Array): void;
    /** Checks the image and has it started next. */
    complete(): void;
    /** What isn't complete is given up. */
    close(): void;
  }
  /** @throws RangeError where the partition has less than `byteLength` */
  const Update: { open(options: { partition: Flash; byteLength: number }): Updater };
  export default Update;
}

declare module 'embedded:network/http/server' {
  import type Listener from 'embedded:io/socket/listener';
  export interface HTTPResponse {
    status: number;
    headers: Map<string, string | number>;
  }
  export interface HTTPConnectionHandlers {
    onRequest(this: HTTPConnection, request: { method: string; path: string; headers: Map<string, string> }): void;
    onReadable(this: HTTPConnection, count: number): void;
    onResponse(this: HTTPConnection, response: HTTPResponse): void;
    onWritable(this: HTTPConnection, count: number): void;
    onError(this: HTTPConnection): void;
  }
  export interface HTTPConnection {
    accept(handlers: HTTPConnectionHandlers): void;
    read(count: number): ArrayBuffer | undefined;
    write(bytes: Uint8Array): number;
    respond(response: HTTPResponse): void;
  }
  export default class HTTPServer {
    constructor(options: { io: typeof Listener; port: number; onConnect: (connection: HTTPConnection) => void });
  }
}

declare module 'crypt' {
  export class Digest {
    constructor(kind: 'SHA256' | 'SHA384' | 'SHA512');
    write(bytes: ArrayBuffer): void;
    close(): ArrayBuffer;
  }
}
