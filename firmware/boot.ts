/** One life of the device, from power-up to reset, and how its uptime lies on the calendar. */
export interface Boot {
  readonly number: number;
  /** Unix time at uptime 0, ms; null while not known */
  readonly wall: number | null;
  /** how long the boots just before it lasted that never knew the time, ms */
  readonly lead: number;
  /** the newest Unix time in the log before those boots, ms; null where there was none */
  readonly after: number | null;
}

export const BOOT_BYTES = 22;

/** u32 boot · u48 wall · u48 lead · u48 after; a wall or an `after` of 0 is null. */
export function putBoot(view: DataView, offset: number, { number, wall, lead, after }: Boot): void {
  view.setUint32(offset, number, true);
  putUint48(view, offset + 4, wall ?? 0);
  putUint48(view, offset + 10, lead);
  putUint48(view, offset + 16, after ?? 0);
}

export function getBoot(view: DataView, offset: number): Boot {
  return {
    number: view.getUint32(offset, true),
    wall: getUint48(view, offset + 4) || null,
    lead: getUint48(view, offset + 10),
    after: getUint48(view, offset + 16) || null,
  };
}

export function putUint48(view: DataView, offset: number, value: number): void {
  view.setUint32(offset, value >>> 0, true);
  view.setUint16(offset + 4, Math.floor(value / 0x1_0000_0000), true);
}

export function getUint48(view: DataView, offset: number): number {
  return view.getUint32(offset, true) + view.getUint16(offset + 4, true) * 0x1_0000_0000;
}
