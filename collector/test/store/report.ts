/** What the process of `writer.ts` reports: each is about something acknowledged. */
export type Report =
  | { kind: 'batch'; device: string; next: number }
  | { kind: 'point'; id: number; time: number }
  | { kind: 'deleted'; id: number };

/** Whether the plain point of this time is deleted as soon as it is there. */
export function isDeleted(time: number): boolean {
  return time % 5 === 0;
}
