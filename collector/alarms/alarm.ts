import type { AlarmShape } from '../../firmware/protocol/rest.js';
import { valueAt } from '../store/rows.js';
import type { Block } from '../store/store.js';
import type { Rule } from './rule.js';
import { observe, type Watch } from './watch.js';

/** A rule and what it has come to. */
export interface Alarm {
  rule: Rule;
  watch: Watch;
}

/** Lets the alarm see a block's points, by time; `changed` is called at each beginning and end. */
export function see(alarm: Alarm, block: Block, changed: () => void): void {
  const { field } = alarm.rule;
  const columns = [...block.fields].filter(([name]) => field === null || name === field).map(([, column]) => column);
  const order = Uint32Array.from({ length: block.length }, (_, row) => row);
  order.sort((a, b) => block.time[a]! - block.time[b]!);
  for (const row of order) {
    const values = columns.map((column) => valueAt(column, row)).filter((value) => value !== undefined);
    // a point without the field says nothing of it
    if (values.length === 0) continue;
    const { state } = alarm.watch;
    const value = values.find((one) => typeof one === 'number') ?? null;
    alarm.watch = observe(alarm.rule, alarm.watch, block.time[row]!, value);
    if (alarm.watch.state !== state) changed();
  }
}

export function shapeOf({ rule, watch: { state, since, value } }: Alarm): AlarmShape {
  return { ...rule, state, since, value };
}
