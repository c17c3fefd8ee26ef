/** Lengths of time as people write them: `90s`, `24h`, `7d`. */

const MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000, y: 31_557_600_000 } as const;
type Unit = keyof typeof MS;

/** Where one unit hands over to the next larger one, and how it is called. */
const AGES: [unit: Unit, name: string][] = [
  ['y', 'y'],
  ['d', 'd'],
  ['h', 'h'],
  ['m', 'min'],
  ['s', 's'],
];

/** `24h` → ms; null when it is no span. */
export function parseSpan(text: string): number | null {
  const [, count, unit] = /^(\d+(?:\.\d+)?)\s*([smhdwy])$/.exec(text.trim()) ?? [];
  return count === undefined ? null : Number(count) * MS[unit as Unit];
}

/** How long ago, in the largest unit that fits twice: `45 s`, `90 min`, `26 h`, `12 d`; `in 5 min` when it is to come. */
export function age(ms: number): string {
  const length = Math.abs(ms);
  const [unit, name] = AGES.find(([unit]) => length >= 2 * MS[unit]) ?? AGES.at(-1)!;
  const text = `${Math.floor(length / MS[unit])} ${name}`;
  return ms < 0 ? `in ${text}` : text;
}
