/** `modules/drivers/onewire` of the SDK, as its C code has it: codes are buffers, and reads are of one byte. */
declare module 'onewire' {
  export default class OneWire {
    constructor(options: { pin: number });
    close(): void;
    /** true, or 1 on the simulator, when a presence pulse followed */
    reset(): boolean | number;
    search(): ArrayBuffer[];
    /** resets, then sends Match ROM and the code */
    select(code: ArrayBuffer): void;
    read(): number;
    write(byte: number): void;
  }
}
