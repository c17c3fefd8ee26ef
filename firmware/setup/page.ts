/** The page on which a person sets the device up: one file, no script, readable on any phone. */

/** What is asked for, in this order: a setting's name (settings.ts), its label, what the field looks like. */
const FIELDS: readonly (readonly [name: string, label: string, attributes: string])[] = Object.freeze([
  Object.freeze(['ssid', 'Wi-Fi', 'list="networks" required maxlength="32" autocapitalize="none"'] as const),
  Object.freeze(['password', 'its password', 'type="password" maxlength="64"'] as const),
  Object.freeze([
    'collector',
    'collector',
    'type="url" placeholder="found by itself, or http://192.168.1.5:8080"',
  ] as const),
  Object.freeze(['token', 'token', 'required autocomplete="off" autocapitalize="none"'] as const),
  Object.freeze(['description', 'a name for people', 'maxlength="64"'] as const),
]);

const STYLE =
  'body{font:1em/1.5 system-ui,sans-serif;max-width:24em;margin:2em auto;padding:0 1em}' +
  'label{display:block;margin:1em 0}input{font:inherit;width:100%;box-sizing:border-box;padding:.5em}' +
  'button{font:inherit;padding:.6em 1.5em}.wrong{color:#b00020}';

export interface PageOptions {
  /** networks in reach, the strongest first */
  networks: readonly string[];
  /** what was typed in already, by name */
  typed: Readonly<Record<string, string>>;
  /** what is wrong with that; '' for nothing */
  wrong: string;
}

/** The form. A password that was typed in isn't sent back. */
export function formPage({ networks, typed, wrong }: PageOptions): string {
  const fields = FIELDS.map(([name, label, attributes]) => {
    const value = name === 'password' ? '' : (typed[name] ?? '');
    return `<label>${label}<input name="${name}" value="${escape(value)}" ${attributes}></label>`;
  });
  const known = networks.map((name) => `<option value="${escape(name)}">`).join('');
  const complaint = wrong === '' ? '' : `<p class="wrong" role="alert">${escape(wrong)}</p>`;
  return page(
    `<h1>Thermowell</h1>${complaint}<form method="post">${fields.join('')}` +
      `<datalist id="networks">${known}</datalist><button>Save</button></form>`,
  );
}

export function donePage(ssid: string): string {
  return page(
    `<h1>Saved</h1><p>The device starts anew and joins ${escape(ssid)}. This network goes away. Should the device not` +
      ' appear at the collector, hold its boot button for five seconds, and begin again.</p>',
  );
}

function page(body: string): string {
  return (
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">' +
    `<title>Thermowell</title><style>${STYLE}</style>${body}</html>`
  );
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
