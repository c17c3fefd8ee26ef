/**
 * One HTTP/1.1 connection, kept alive, one request at a time. Written on a bare socket because the client shares the
 * machine with what it measures: `node:http` costs several times as much a request, and would be the bottleneck.
 */
import { once } from 'node:events';
import net, { type Socket } from 'node:net';

export interface Request {
  method: 'GET' | 'PUT' | 'DELETE';
  path: string;
  body?: string;
}

/** ms until an answer has to be complete */
const PATIENCE = 30_000;
const END_OF_HEAD = Buffer.from('\r\n\r\n');
const LAST_CHUNK = Buffer.from('0\r\n\r\n');

interface Waiting {
  request: Request;
  resolve: (body: string) => void;
  reject: (reason: Error) => void;
}

export class Connection {
  readonly #socket: Socket;
  readonly #host: string;
  #received: Buffer[] = [];
  /** bytes to wait for before it is worth looking again */
  #wanted = 0;
  #bytes = 0;
  #waiting: Waiting | null = null;
  #broken: Error | null = null;

  private constructor(socket: Socket, host: string) {
    this.#socket = socket;
    this.#host = host;
  }

  static async open({ hostname, port, host }: URL): Promise<Connection> {
    const socket = net.connect({ host: hostname, port: Number(port), noDelay: true });
    await once(socket, 'connect');
    const connection = new Connection(socket, host);
    socket
      .setTimeout(PATIENCE, () => connection.#lose())
      .on('data', (piece) => connection.#take(piece))
      .on('error', (error) => connection.#fail(error))
      .on('close', () => connection.#fail(new Error('the server closed the connection')));
    return connection;
  }

  /** The answer's body. @throws Error for any status that isn't 2xx, and for a connection that breaks off */
  send(request: Request): Promise<string> {
    const { method, path, body = '' } = request;
    const about = body === '' ? '' : `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`;
    return new Promise((resolve, reject) => {
      if (this.#broken !== null) return reject(this.#broken);
      this.#waiting = { request, resolve, reject };
      this.#socket.write(`${method} ${path} HTTP/1.1\r\nHost: ${this.#host}\r\n${about}\r\n${body}`);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(piece: Buffer): void {
    this.#received.push(piece);
    this.#bytes += piece.length;
    if (this.#bytes < this.#wanted) return;
    const bytes = this.#received.length === 1 ? piece : Buffer.concat(this.#received);
    const answer = parse(bytes);
    if (typeof answer === 'number') {
      this.#received = [bytes];
      this.#wanted = answer;
      return;
    }
    this.#received = [];
    this.#bytes = this.#wanted = 0;
    const { request, resolve, reject } = this.#waiting!;
    this.#waiting = null;
    if (answer.status >= 200 && answer.status < 300) resolve(answer.body);
    else reject(new Error(`${request.method} ${request.path}: ${answer.status} ${answer.body.slice(0, 300)}`));
  }

  /** Nothing has moved for a long time: that matters only when an answer is due. */
  #lose(): void {
    if (this.#waiting !== null) this.#socket.destroy(new Error(`no answer within ${PATIENCE / 1000} s`));
  }

  #fail(error: Error): void {
    this.#broken ??= error;
    this.#waiting?.reject(error);
    this.#waiting = null;
  }
}

/** An answer; when it isn't complete, the bytes there have to be at least. */
function parse(bytes: Buffer): { status: number; body: string } | number {
  const head = bytes.indexOf(END_OF_HEAD);
  if (head === -1) return 0;
  const text = bytes.toString('latin1', 0, head);
  const begin = head + END_OF_HEAD.length;
  const status = Number(text.slice(9, 12));
  const [, length] = /^content-length: *(\d+)/im.exec(text) ?? [];
  if (length !== undefined) {
    const end = begin + Number(length);
    return bytes.length < end ? end : { status, body: bytes.toString('utf8', begin, end) };
  }
  if (!/^transfer-encoding: *chunked/im.test(text)) return { status, body: '' };
  const body = bytes.subarray(-LAST_CHUNK.length).equals(LAST_CHUNK) ? unchunked(bytes, begin) : null;
  return body === null ? bytes.length + 1 : { status, body };
}

/** What is in the chunks from `at` on; null when the last one isn't there. */
function unchunked(bytes: Buffer, at: number): string | null {
  const pieces: Buffer[] = [];
  for (;;) {
    const line = bytes.indexOf('\r\n', at);
    const size = line === -1 ? NaN : Number.parseInt(bytes.toString('latin1', at, line), 16);
    if (size === 0) return Buffer.concat(pieces).toString();
    if (!(line + 2 + size + 2 <= bytes.length)) return null;
    pieces.push(bytes.subarray(line + 2, line + 2 + size));
    at = line + 2 + size + 2;
  }
}
