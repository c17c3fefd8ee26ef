/** Where messages go. Both take a plain POST; whoever runs the collector says where to, never a request. */
import type { Message } from './message.js';

export interface Target {
  /** as it is written in `alarms.json`, and in the log */
  name: string;
  /** @throws Error when it wasn't taken; it is tried again */
  send(message: Message): Promise<void>;
}

const TIMEOUT_MS = 10_000;

/** The message as JSON. */
export function webhook(url: string): Target {
  return { name: 'webhook', send: (message) => post(new URL(url), message) };
}

/** https://docs.ntfy.sh/publish/#publish-as-json: the topic is the last part of the address, for text beyond ASCII. */
export function ntfy(url: string): Target {
  const address = new URL(url);
  const topic = address.pathname.split('/').at(-1)!;
  address.pathname = address.pathname.slice(0, -topic.length);
  return {
    name: 'ntfy',
    send: ({ alarm: { state }, text }) => {
      // a series' name may have a colon of its own, what is said of it has none
      const [, title, message] = /^(.*): (.*)$/s.exec(text)!;
      const tags = [state === 'active' ? 'thermometer' : 'white_check_mark'];
      return post(address, { topic, title, message, tags, priority: state === 'active' ? 4 : 3 });
    },
  };
}

async function post(address: URL, body: unknown): Promise<void> {
  const url = new URL(address);
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  // fetch refuses an address with a password in it
  if (url.password !== '') {
    const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    headers['authorization'] = `Basic ${Buffer.from(pair).toString('base64')}`;
    url.username = '';
    url.password = '';
  }
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body), signal });
  await answer.body?.cancel();
  if (!answer.ok) throw new Error(`it answered ${answer.status}`);
}
