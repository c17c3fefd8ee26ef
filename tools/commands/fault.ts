/** What can go wrong with a collector that is opened here: which exit it means, and what to do about it. */
import { ConfigError } from '../../collector/options.js';
import { StoreError } from '../../collector/store/store.js';
import { ToolError } from '../exit.js';

/** What to do where the port can't be had, by the system's code. */
const HINTS: Record<string, string> = {
  EADDRINUSE: 'Is a collector running already? Take another port by --port.',
  EACCES: `Ports below 1024 are for root, and for services that may (AmbientCapabilities=CAP_NET_BIND_SERVICE in a systemd
unit). Take another one by --port.`,
};

const DAMAGED = '"thermowell check <folder>" says what else is, and with --repair it keeps all that can be read.';

/** Runs what opens or configures a collector. @throws ToolError for what the user can mend */
export async function explained<T>(work: () => Promise<T> | T): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explain(error);
  }
}

function explain(error: unknown): unknown {
  if (error instanceof ConfigError) return new ToolError('usage', error.message, { cause: error });
  if (error instanceof StoreError && error.code === 'locked')
    return new ToolError('folder', error.message, { cause: error });
  if (error instanceof StoreError && error.code === 'damaged')
    return new ToolError('folder', error.message, { cause: error, hint: DAMAGED });
  // the collector's own sentence; what the system says is put in words later, and a fault of ours keeps its stack
  const own = error instanceof StoreError || (error instanceof Error && error.constructor === Error);
  if (!own || 'syscall' in error) return error;
  const hint = HINTS[(error.cause as NodeJS.ErrnoException | undefined)?.code ?? ''];
  // of a file the same code says something else, and what stands in the way of MQTT says itself what to do
  const helps = hint !== undefined && error.message.startsWith('Port ');
  return new ToolError('failure', error.message, { cause: error, ...(helps && { hint }) });
}
