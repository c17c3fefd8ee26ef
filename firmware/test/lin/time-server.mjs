/** A time server (RFC 5905, as much as a client of RFC 4330 asks for) whose time goes fast, and which may be silent. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/** From 1900 to 1970, s. */
const ERA = 2_208_988_800;
/** Version 4, server. */
const HEAD = 0x24;

export class TimeServer {
  /** it answers */
  answers = false;
  #now;
  #socket = createSocket('udp4');

  /** @param {() => number} now Unix ms */
  constructor(now) {
    this.#now = now;
  }

  async open() {
    this.#socket.on('message', (question, { port, address }) => {
      if (!this.answers) return;
      const answer = Buffer.alloc(48);
      answer[0] = HEAD;
      answer[1] = 1;
      question.copy(answer, 24, 40, 48);
      answer.writeUInt32BE(Math.floor(this.#now() / 1000) + ERA, 40);
      this.#socket.send(answer, port, address);
    });
    this.#socket.bind(123);
    await once(this.#socket, 'listening');
  }

  close() {
    this.#socket.close();
  }
}
