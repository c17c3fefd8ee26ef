/**
 * A network of its own for a run: there the time server has its port 123, mDNS its 5353, and an interface comes, goes and
 * changes its address without anybody else's noticing.
 */
import { spawnSync } from 'node:child_process';

const INSIDE = 'THERMOWELL_OWN_NETWORK';

/** Runs this very program again, in a network namespace; null where it is in one already. @returns its exit code */
export function inOwnNetwork() {
  if (process.env[INSIDE] !== undefined) {
    ip('link set lo up');
    return null;
  }
  const words = ['--user', '--map-root-user', '--net', process.execPath, ...process.argv.slice(1)];
  return spawnSync('unshare', words, { stdio: 'inherit', env: { ...process.env, [INSIDE]: '1' } }).status ?? 1;
}

/** Why there can't be one, in a sentence; null where there can. */
export function noOwnNetwork() {
  if (process.env[INSIDE] !== undefined) return null;
  const { status, error, stderr } = spawnSync('unshare', ['--user', '--map-root-user', '--net', 'ip', 'link'], {
    encoding: 'utf8',
  });
  if (status === 0) return null;
  return `no network of its own is to be had (unshare --user --net): ${error?.message ?? stderr.trim()}`;
}

/** The interface to the LAN, in which nobody else is. */
export class Lan {
  /** @param {string} address IPv4 */
  constructor(address) {
    this.address = address;
  }

  open() {
    // Each end hears what the other one sends; `lo` has no multicast, and the collector doesn't announce it.
    ip('link add lan0 type veth peer name lan1');
    for (const name of ['lan0', 'lan1']) ip(`link set ${name} up`);
    this.#address('add');
  }

  /** Another lease. @param {string} address */
  move(address) {
    this.#address('del');
    this.address = address;
    this.#address('add');
  }

  #address(/** @type {string} */ verb) {
    ip(`address ${verb} ${this.address}/24 dev lan0`);
    if (verb === 'add') ip('route replace 224.0.0.0/4 dev lan0');
  }
}

/** @param {string} words */
function ip(words) {
  const { status, stderr } = spawnSync('ip', words.split(' '), { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${words}: ${stderr}`);
}
