/**
 * Stands in for ECMA-419's Wi-Fi: an access point that takes two seconds, refuses one join in ten (300, 200, and no
 * more), and sends one member in twenty away after a while.
 */
import { openBoard } from 'firmware/lin/board';
import Timer from 'timer';

const JOIN_MS = 2000;
const STAY_MS = 600_000;

export default class WiFi {
  connection = 200;
  readonly MAC = '02:00:00:00:00:01';
  readonly RSSI = -60;
  private readonly onChanged: () => void;
  private readonly speed = openBoard().lin_speed();
  private timer: Timer | null = null;

  constructor({ onChanged = () => {} }: { onChanged?: () => void }) {
    this.onChanged = onChanged;
  }

  connect(_options: { SSID: string; password?: string }): void {
    if (this.connection >= 300) throw new Error('already connecting');
    const chance = Math.random();
    this.become(300);
    this.after(JOIN_MS, () => {
      this.become(chance < 0.1 ? 200 : 500);
      if (chance > 0.95) this.after(STAY_MS, () => this.become(200));
    });
  }

  disconnect(): void {
    if (this.timer) Timer.clear(this.timer);
    this.timer = null;
    this.connection = 200;
  }

  close(): void {
    this.disconnect();
  }

  private after(ms: number, step: () => void): void {
    this.timer = Timer.set(() => {
      this.timer = null;
      step();
    }, ms / this.speed);
  }

  private become(connection: number): void {
    this.connection = connection;
    this.onChanged();
  }
}
