import type { AlarmShape } from '../../firmware/protocol/rest.js';
import { valueAt } from '../store/rows.js';
import type { Block } from '../store/store.js';
import type { Rule } from './rule.js';
import { observe, type Watch } from './watch.js';

/** A rule and what it has come to. */
export interface Alarm {
  rule: Rule;
  watch: Watch;
  /** the field that the newest value was of */
  measured?: string;
}

/** Lets the alarm see a block's points, by time; `changed` is called at each beginning and end. */
export function see(alarm: Alarm, block: Block, changed: () => void): void {
  const { field } = alarm.rule;
  const columns = [...block.fields].filter(([name]) => field === null || name === field);
  const order = Uint32Array.from({ length: block.length }, (_, row) => row);
  order.sort((a, b) => block.time[a]! - block.time[b]!);
  for (const row of order) {
    const values = columns.map(([name, column]) => ({ name, value: valueAt(column, row) }));
    // a point without the field says nothing of it
    if (values.every(({ value }) => value === undefined)) continue;
    const before = alarm.watch;
    const number = values.find((one): one is { name: string; value: number } => typeof one.value === 'number');
    alarm.watch = observe(alarm.rule, before, block.time[row]!, number?.value ?? null);
    if (number !== undefined && alarm.watch !== before) alarm.measured = number.name;
    if (alarm.watch.state !== before.state) changed();
  }
}

export function shapeOf({ rule, watch: { state, since, value } }: Alarm): AlarmShape {
  return { ...rule, state, since, value };
}
