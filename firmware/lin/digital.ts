/** Stands in for ECMA-419's digital pins: a LED that nobody sees, a button that nobody presses. */
export default class Digital {
  static readonly InputPullUp = 1;
  static readonly Output = 8;

  readonly pin: number;

  constructor({ pin }: { pin: number; mode: number }) {
    this.pin = pin;
  }

  read(): number {
    return 1;
  }

  write(_level: number): void {}
}
