/** What an answer has to look like: a stranger's JSON must not pass for one of the collector. */
import { isObject } from '../firmware/protocol/json.js';

/** Whether a value is an object that has these members. */
export function has(...members: string[]): (value: unknown) => boolean {
  return (value) => isObject(value) && members.every((member) => Object.hasOwn(value, member));
}

/** Whether it is a list of such objects. */
export function listOf(...members: string[]): (value: unknown) => boolean {
  const fits = has(...members);
  return (value) => Array.isArray(value) && value.every(fits);
}

/** Whether it is an object each member of which is one that fits. */
export function everyMember(fits: (value: unknown) => boolean): (value: unknown) => boolean {
  return (value) => isObject(value) && Object.values(value).every(fits);
}
