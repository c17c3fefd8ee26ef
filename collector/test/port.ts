/** A port to come back to. */
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below what systems hand out by themselves, to whoever asks for port 0 and to every connection that goes out. */
const [FIRST, LAST] = [20_000, 29_999] as const;

/** On 127.0.0.1; free, and nobody else gets it by chance while nothing listens there. */
export async function ownPort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST, LAST + 1);
    const server = createServer();
    try {
      await once(server.listen(port, '127.0.0.1'), 'listening');
    } catch {
      continue;
    }
    await once(server.close(), 'close');
    return port;
  }
}
