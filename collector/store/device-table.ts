/**
 * Every device there is, with the ledgers of its logs, and the batches in quarantine that count in them. Whoever changes a
 * device says so first: it may be being copied.
 */
import type { CatalogDevice } from './catalog.js';
import type { CatalogCopy } from './catalog-copy.js';
import { enter, newLedger, place, release, type Circumstances, type Placement, type Run } from './ledger.js';
import { usualStep } from './rhythm.js';
import { StoreError, type Device, type Ledger, type QuarantineEntry, type UserId } from './store.js';

/** An upload's place in its log, and whose it is. */
export type Announced = Run & { device_id: string; user: UserId; log: string };

export class DeviceTable {
  readonly #devices = new Map<string, CatalogDevice>();
  /** batches set aside, by name, in order of arrival */
  readonly quarantined = new Map<string, QuarantineEntry>();
  /** told of what is about to change */
  copy: CatalogCopy['devices'] | null = null;

  load(devices: readonly CatalogDevice[], quarantined: readonly QuarantineEntry[]): void {
    for (const device of devices) this.#devices.set(device.device_id, device);
    for (const entry of quarantined) this.quarantined.set(entry.name, entry);
  }

  get size(): number {
    return this.#devices.size;
  }

  values(): MapIterator<CatalogDevice> {
    return this.#devices.values();
  }

  get(device_id: string): CatalogDevice | undefined {
    return this.#devices.get(device_id);
  }

  /** A device that is there, and about to change. */
  changing(device_id: string): CatalogDevice {
    const device = this.#devices.get(device_id)!;
    this.copy?.changing(device);
    return device;
  }

  /** Where an upload belongs. @throws StoreError `denied` */
  place({ device_id, user, log, ...run }: Announced): Placement {
    const device = this.#devices.get(device_id);
    if (device !== undefined && device.user !== user)
      throw new StoreError('denied', `device "${device_id}" belongs to another user`);
    return place(device && ledgerOf(device, log), run);
  }

  /** The device of an upload, about to change; made when it is its first. */
  meet({ device_id, user, received }: { device_id: string; user: UserId; received: number }): CatalogDevice {
    let device = this.#devices.get(device_id);
    if (device === undefined) {
      device = { device_id, device_desc: '', user, seen: 0, status: null, sensors: {}, ledger: [], newest: 0 };
      this.copy?.coming(device);
      this.#devices.set(device_id, device);
    } else {
      this.copy?.changing(device);
    }
    device.seen = received;
    return device;
  }

  /** @throws StoreError `unknown-entry` */
  entry(name: string): QuarantineEntry {
    const entry = this.quarantined.get(name);
    if (entry === undefined) throw new StoreError('unknown-entry', `there is no batch "${name}" in quarantine`);
    return entry;
  }

  /** A batch leaves quarantine; the ledger in which it counted. */
  release(name: string, as: 'stored' | 'lost', late: number): Ledger {
    const { device_id, log, taken } = this.entry(name);
    const ledger = ledgerOf(this.changing(device_id), log)!;
    release(ledger, taken, as, late);
    this.quarantined.delete(name);
    return ledger;
  }
}

/** Enters a placed run into a device's ledger; an empty one leaves no trace. */
export function enterRun(
  device: CatalogDevice,
  { log, oldest, length }: Pick<Announced, 'log' | 'oldest' | 'length'>,
  placement: Placement & { kind: 'take' },
  as: 'stored' | 'quarantined',
  circumstances: Circumstances,
): void {
  if (length === 0) return;
  let ledger = ledgerOf(device, log);
  if (ledger === undefined) device.ledger.push((ledger = newLedger(log, oldest)));
  enter(ledger, placement, as, circumstances);
}

/** How many of the readings are older than the newest the device had; makes the newest of them its newest. */
export function countLate(device: CatalogDevice, times: ArrayLike<number>, skip: number): number {
  const before = device.newest;
  let late = 0;
  for (let i = skip; i < times.length; i++) {
    const time = times[i]!;
    if (time < before) late++;
    else if (time > device.newest) device.newest = time;
  }
  return late;
}

/** A device as others see it, for them to keep. */
export function copyDevice({ steps = [], ...device }: CatalogDevice): Device {
  const { device_id, device_desc, user, seen, status, sensors, ledger } = device;
  // what is only ever replaced as a whole need not be copied
  const copies = { sensors: { ...sensors }, ledger: ledger.map((log) => ({ ...log })) };
  return { device_id, device_desc, user, seen, every: usualStep(steps), status, ...copies };
}

function ledgerOf(device: CatalogDevice, log: string): Ledger | undefined {
  return device.ledger.find((ledger) => ledger.log === log);
}
