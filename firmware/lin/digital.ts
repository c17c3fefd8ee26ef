/** Stands in for ECMA-419's digital pins: a LED that nobody sees. */
export default class Digital {
  static readonly Output = 8;

  readonly pin: number;

  constructor({ pin }: { pin: number; mode: number }) {
    this.pin = pin;
  }

  write(_level: number): void {}
}
