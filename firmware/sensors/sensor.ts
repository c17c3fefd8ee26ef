/** Something that is sampled once a period. Never throws out of `sample`: a failed sample is null. */
export interface Sensor {
  /** Samples and hands over sensor → field → value; calls back exactly once, later or at once. */
  sample(done: (values: Record<string, Record<string, number | null>>) => void): void;
  close(): void;
}
