/** The collector's process: first start, signals, a graceful end. What it says goes to stderr. */
import { isatty } from 'node:tty';
import { openCollector } from './collector.js';
import type { Config } from './config.js';
import { optimizeSoon } from './engine.js';
import type { LogDestination } from './http/server.js';
import { createFirstUser, firstUser, welcome } from './welcome.js';

/**
 * Runs the collector until SIGTERM or SIGINT, then ends it gracefully; a second signal ends the process at once.
 * @throws Error that says why it could not start, or not end
 */
export async function serve(config: Config): Promise<void> {
  // who reads the log may go away; the collector stays
  process.stderr.on('error', () => undefined);
  const stopped = stopSignal();
  const token = await createFirstUser(config.users);
  const collector = await openCollector(config, { log: await logDestination() }).catch((error: unknown) => {
    // the user is there now, so the next start would not show the token either
    process.stderr.write(firstUser(config, token));
    throw error;
  });
  process.stderr.write(welcome(collector, config, token));
  optimizeSoon();
  await stopped;
  await collector.close();
}

/** For a person on a terminal lines to read, else JSON for whatever collects logs. */
async function logDestination(): Promise<LogDestination> {
  if (!isatty(process.stderr.fd)) return process.stderr;
  const { default: pretty } = await import('pino-pretty');
  return pretty({
    destination: process.stderr.fd,
    sync: true,
    ignore: 'pid,hostname,method,path,status,ms,from',
    messageFormat: '{msg}{if method} {method} {path} {status} {ms} ms from {from}{end}',
  });
}

/** The first signal; a second one exits with the code that shells expect. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let stopping = false;
    const on = (code: number) => () => {
      if (stopping) process.exit(code);
      stopping = true;
      resolve();
    };
    process.on('SIGINT', on(130)).on('SIGTERM', on(143));
  });
}
