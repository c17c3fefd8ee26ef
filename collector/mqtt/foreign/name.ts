import { createHash } from 'node:crypto';
import { isName } from '../../../firmware/protocol/limits.js';

/** A name of others, and what is made of it where our rules don't allow it: two that differ stay two. */
export function nameOf(text: string): string {
  const allowed: boolean = isName(text);
  if (allowed) return text;
  const letters = text
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .replaceAll(/[^A-Za-z0-9_.:-]+/g, '-')
    .replaceAll(/^[^A-Za-z0-9]+|-$/g, '');
  return `${letters.slice(0, 48) || 'x'}-${createHash('sha256').update(text).digest('hex').slice(0, 6)}`;
}
