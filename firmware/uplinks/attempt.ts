/** Nothing may leave a callback of a client's: it would reboot the chip. */
export function attempt(step: () => unknown, failed: (error: unknown) => void = () => {}): void {
  try {
    step();
  } catch (error) {
    failed(error);
  }
}
