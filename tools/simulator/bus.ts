/**
 * A 1-Wire bus with probes on it, as a bus master of the SDK presents it. Several devices that send at once pull the
 * wire low together, so what is read is the AND of what each sends.
 */
import type { OneWireBus } from '../../firmware/sensors/onewire.js';
import type { Probe } from './probe.js';
import { Random } from './random.js';

export interface BusFaults {
  /** `short`: the data wire is held low. `open`: it is cut before the first probe */
  wire: 'sound' | 'short' | 'open';
  /** the ESP32's bus master hands over ROM codes byte-reversed, and takes them so */
  reversedRoms: boolean;
  /** the share of searches that miss a probe */
  missed: number;
  /** the share of ROM codes that a search gets wrong by a bit */
  wrongRoms: number;
  /** the share of bytes read wrong by a bit */
  wrongBytes: number;
}

export class Bus implements OneWireBus {
  readonly faults: BusFaults;
  readonly #probes: Probe[] = [];
  readonly #random: Random;

  constructor(random: Random = new Random(1), faults: Partial<BusFaults> = {}) {
    this.#random = random;
    this.faults = { wire: 'sound', reversedRoms: false, missed: 0, wrongRoms: 0, wrongBytes: 0, ...faults };
  }

  /** Plugs a probe in; that powers it on. */
  attach(probe: Probe): void {
    probe.powerOn();
    this.#probes.push(probe);
  }

  detach(probe: Probe): void {
    const i = this.#probes.indexOf(probe);
    if (i >= 0) this.#probes.splice(i, 1);
  }

  reset(): boolean {
    // A wire that is held low looks like a presence pulse that never ends.
    if (this.faults.wire !== 'sound') return this.faults.wire === 'short';
    for (const probe of this.#probes) probe.reset();
    return this.#probes.length > 0;
  }

  /** A search that answers as the native one does: in the order of the ROMs' bits, zeros first. */
  search(): Uint8Array[] {
    if (this.faults.wire === 'open') return [];
    if (this.faults.wire === 'short') return [new Uint8Array(8)];
    for (const probe of this.#probes) probe.release();
    const codes: Uint8Array[] = [];
    for (const probe of [...this.#probes].sort((a, b) => compareBits(a.rom, b.rom))) {
      if (this.#random.chance(this.faults.missed)) continue;
      const code = probe.rom.slice();
      if (this.#random.chance(this.faults.wrongRoms)) code[this.#random.integer(8)]! ^= 1 << this.#random.integer(8);
      codes.push(this.faults.reversedRoms ? code.reverse() : code);
    }
    return codes;
  }

  select(rom: Uint8Array): void {
    this.write(0x55);
    for (const byte of this.faults.reversedRoms ? rom.slice().reverse() : rom) this.write(byte);
  }

  write(byte: number): void {
    if (this.faults.wire !== 'sound') return;
    for (const probe of this.#probes) probe.write(byte);
  }

  read(): number {
    if (this.faults.wire !== 'sound') return this.faults.wire === 'short' ? 0 : 0xff;
    let byte = 0xff;
    for (const probe of this.#probes) byte &= probe.read();
    return this.#random.chance(this.faults.wrongBytes) ? byte ^ (1 << this.#random.integer(8)) : byte;
  }
}

/** The least significant bit of the first byte comes first. */
function compareBits(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < a.length; i++) {
    const differing = a[i]! ^ b[i]!;
    if (differing !== 0) return a[i]! & (differing & -differing) ? 1 : -1;
  }
  return 0;
}
