/** `modules/drivers/onewire` of the SDK; what its class does stands in `chip/bus.ts`. */
declare module 'onewire' {
  export default class OneWire {
    constructor(options: { pin: number });
  }
}
