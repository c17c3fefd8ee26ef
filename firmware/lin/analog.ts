/** Stands in for ECMA-419's analog pins: a battery at nine tenths. */
export default class Analog {
  readonly resolution = 10;

  readonly pin: number;

  constructor({ pin }: { pin: number }) {
    this.pin = pin;
  }

  read(): number {
    return 921;
  }

  close(): void {}
}
