/**
 * Stands in for the SDK's `onewire`, with two probes of the simulator's model, and the ESP32's manners: ROM codes
 * reversed, `reset` a number, now and then a byte read wrong.
 *
 * What the probes measure is a number: of how many conversions there have ever been. So a reading that is missing or
 * there twice shows in the values that the collector has (`test/lin/audit.mjs`).
 */
import { openBoard } from 'firmware/lin/board';
import Time from 'time';
import { Bus } from 'tools/simulator/bus';
import { Probe } from 'tools/simulator/probe';
import { Random } from 'tools/simulator/random';

const CONVERT_T = 0x44;
/** Then it counts from below again: 85 °C isn't among the values. */
const COUNTS = 2000;

export default class OneWire {
  private readonly bus = new Bus(new Random(Time.ticks), { reversedRoms: true, wrongBytes: 0.001 });
  private readonly board = openBoard();
  private count = 0;

  constructor(_options: { pin: number }) {
    const speed = this.board.lin_speed();
    for (const serial of [1, 2]) {
      this.bus.attach(
        new Probe({
          serial: Uint8Array.of(serial, 0, 0, 0, 0, 0),
          now: () => Time.ticks * speed,
          temperature: () => this.count / 16 - 50,
        }),
      );
    }
  }

  reset(): number {
    return this.bus.reset() ? 1 : 0;
  }

  search(): ArrayBuffer[] {
    return this.bus.search().map((code) => new Uint8Array(code).buffer);
  }

  select(code: ArrayBuffer): void {
    this.bus.select(new Uint8Array(code));
  }

  read(): number {
    return this.bus.read();
  }

  write(byte: number): void {
    if (byte === CONVERT_T) this.count = this.board.lin_count() % COUNTS;
    this.bus.write(byte);
  }
}
