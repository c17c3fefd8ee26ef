/** `node --import` this: the process's time goes THERMOWELL_SPEED times as fast since THERMOWELL_EPOCH (ms). */
const speed = Number(process.env['THERMOWELL_SPEED']);
const epoch = Number(process.env['THERMOWELL_EPOCH']);
const Real = Date;
const now = () => Math.floor(epoch + (Real.now() - epoch) * speed);

globalThis.Date = class extends Real {
  constructor(/** @type {any[]} */ ...parts) {
    if (parts.length === 0) super(now());
    else super(.../** @type {[number]} */ (parts));
  }

  static now() {
    return now();
  }
};
