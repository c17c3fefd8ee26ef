/**
 * Whether a topic filter matches a topic: `+` is one level, `#` all that follow and their parent, and neither stands for
 * a first level that begins with `$` (MQTT 3.1.1 §4.7).
 */
export function matches(filter: string, topic: string): boolean {
  const wanted = filter.split('/');
  const levels = topic.split('/');
  if (topic.startsWith('$') && !filter.startsWith('$')) return false;
  for (const [i, level] of wanted.entries()) {
    if (level === '#') return true;
    if (i >= levels.length || (level !== '+' && level !== levels[i])) return false;
  }
  return wanted.length === levels.length;
}
