/** Text on a terminal: how wide it is, how it is cut, and what mustn't reach the terminal at all. */

const WIDE =
  /\p{Emoji_Presentation}|\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|[\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]/u;

/** Made when it is first used: it reads ICU's tables, which takes as long as a tenth of the collector's own modules. */
let segmenter: Intl.Segmenter | null = null;

/**
 * What a device or another user named, made safe to print: control characters (which could move the cursor or rewrite
 * the line) and those that turn the direction of writing become U+FFFD.
 */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');
}

/** Columns that a text takes: two for each East Asian wide character and each emoji. */
export function displayWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes(text)) width += WIDE.test(segment) ? 2 : 1;
  return width;
}

/** The text cut to `width` columns, with `…` where something is missing. */
export function cut(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let kept = '';
  let used = 1;
  for (const { segment } of graphemes(text)) {
    used += displayWidth(segment);
    if (used > width) break;
    kept += segment;
  }
  return `${kept}…`;
}

function graphemes(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return segmenter.segment(text);
}

/** `1 point`, `10,080 points`. */
export function plural(n: number, noun: string): string {
  return `${n.toLocaleString('en')} ${noun}${n === 1 ? '' : 's'}`;
}

/**
 * Prose for a terminal of that many columns: lines that follow one another become a paragraph, a term with its explanation
 * (`name  what it is`) hangs, and what is indented otherwise, a command, stays as it is.
 */
export function wrapped(text: string, width: number): string {
  const lines: string[] = [];
  let paragraph = '';
  const flush = (): void => {
    if (paragraph !== '') lines.push(...wrap(paragraph, '', width));
    paragraph = '';
  };
  for (const line of text.split('\n')) {
    const [, term, rest] = /^(\s*\S+ {2,})(\S.*)$/.exec(line) ?? [];
    if (line !== '' && term === undefined && !line.startsWith(' ')) {
      paragraph += `${paragraph === '' ? '' : ' '}${line}`;
      continue;
    }
    flush();
    lines.push(...(term === undefined ? [line] : wrap(rest!, term, width)));
  }
  flush();
  return lines.join('\n');
}

/** The first line begins with `term`, the others below its end. */
function wrap(text: string, term: string, width: number): string[] {
  const lines: string[] = [];
  let line = term;
  let empty = true;
  for (const word of text.split(' ')) {
    if (!empty && displayWidth(line) + 1 + displayWidth(word) > width) {
      lines.push(line);
      line = ' '.repeat(term.length);
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, line];
}
