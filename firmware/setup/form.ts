/** What a browser sends of a form: `application/x-www-form-urlencoded` (URL Living Standard §5.1). */

/** Name → value; of a name that is there twice, the last. Escapes that make no sense are left as they are. */
export function parseForm(text: string): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const pair of text.split('&')) {
    const [name, ...value] = pair.split('=');
    if (name !== undefined && name !== '') fields[decode(name)] = decode(value.join('='));
  }
  return fields;
}

function decode(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}
