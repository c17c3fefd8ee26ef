import { cut } from './text.js';

/** Long work, told on stderr while it lasts; nothing is shown where stderr isn't a terminal. */
export interface Progress {
  /** `fraction` of the work done, 0 to 1; `note` stands beside the bar. */
  update(fraction: number, note?: string): void;
  /** Takes the bar away. */
  end(): void;
}

const BAR_MAX = 30;

/** One line of at most `width` columns: `label [=====>    ]  42 % note`. */
export function progressLine(label: string, fraction: number, note: string, width: number): string {
  const done = Math.min(1, Math.max(0, fraction));
  const percent = `${Math.floor(done * 100)} %`.padStart(5);
  const room = Math.min(BAR_MAX, width - label.length - percent.length - 5);
  const bar = room < 5 ? '' : `[${'='.repeat(Math.round(done * room)).padEnd(room)}]`;
  return cut([label, bar + percent, note].filter((part) => part !== '').join(' '), width);
}
