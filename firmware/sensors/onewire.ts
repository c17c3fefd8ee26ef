/** The 1-Wire bus as a probe's driver needs it; the chip's own door and the simulator's model both provide it. */
export interface OneWireBus {
  /** Reset pulse; true when a presence pulse followed. */
  reset(): boolean;
  /** ROM codes found, 8 bytes each as the bus master gives them: maybe byte-reversed, incomplete, or with a bad CRC. */
  search(): Uint8Array[];
  /** Match ROM (0x55) with a code exactly as `search` gave it. */
  select(rom: Uint8Array): void;
  write(byte: number): void;
  read(): number;
}
