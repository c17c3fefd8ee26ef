/** The unit stands at the end of a field's name: `temp_C`, `batt_V` (protocol.md §1). Those known, and how people write them. */
export const UNITS = {
  C: '°C',
  F: '°F',
  K: 'K',
  V: 'V',
  mV: 'mV',
  A: 'A',
  mA: 'mA',
  W: 'W',
  pct: '%',
  hPa: 'hPa',
  Pa: 'Pa',
  dBm: 'dBm',
  ppm: 'ppm',
  lx: 'lx',
} as const;

/** The unit in a field's name; '' where it has none that is known. */
export function unitOf(field: string): string {
  const cut = field.lastIndexOf('_');
  const suffix = field.slice(cut + 1);
  return cut > 0 && Object.hasOwn(UNITS, suffix) ? UNITS[suffix as keyof typeof UNITS] : '';
}
