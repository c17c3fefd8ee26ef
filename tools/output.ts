/** The only file that prints. stdout is the result and nothing else; stderr is the talk. */
import { once } from 'node:events';
import { styleText } from 'node:util';
import { EXITS } from './exit.js';
import { progressLine, type Progress } from './progress.js';
import { tableLines, type Heading } from './table.js';

/** Rows written at a time, so that a long table never stands in memory twice. */
const SLAB = 1000;
/** ms between two drawings of a progress bar */
const REDRAW = 100;
const USUAL_COLUMNS = 80;
const CLEAR_LINE = '\r\x1b[2K';

type Style = 'bold' | 'dim' | 'red' | 'yellow' | 'cyan';

export class Output {
  readonly #out: NodeJS.WriteStream;
  readonly #err: NodeJS.WriteStream;
  readonly #env: NodeJS.ProcessEnv;
  /** the progress bar that stands on stderr's last line */
  #bar = '';

  /** `env`: the environment of the process. */
  constructor(out: NodeJS.WriteStream, err: NodeJS.WriteStream, env: NodeJS.ProcessEnv = {}) {
    this.#out = out;
    this.#err = err;
    this.#env = env;
  }

  /** From here on a reader that goes away (`| head`) ends the process quietly, a full disk with a word. */
  open(): void {
    for (const stream of [this.#out, this.#err])
      stream.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'EPIPE') process.exit();
        if (stream === this.#out) this.#err.write(`thermowell: cannot write the result: ${error.message}\n`);
        process.exit(EXITS.failure.code);
      });
  }

  /** Columns of the terminal that stdout is; undefined where it is a file or a pipe. */
  get columns(): number | undefined {
    return widthOf(this.#out);
  }

  /** Rows of the terminal that stdout is. */
  get rows(): number | undefined {
    return this.#out.isTTY ? this.#out.rows || undefined : undefined;
  }

  /** What the process was given; commands that start others pass it on. */
  get environment(): Readonly<NodeJS.ProcessEnv> {
    return this.#env;
  }

  get hasColors(): boolean {
    return this.#hasColors(this.#out);
  }

  get talkColumns(): number | undefined {
    return widthOf(this.#err);
  }

  get talkHasColors(): boolean {
    return this.#hasColors(this.#err);
  }

  /** A piece of the result, as it is; waits while the reader is slower. */
  async write(text: string | Uint8Array): Promise<void> {
    if (!this.#out.write(text)) await once(this.#out, 'drain');
  }

  async line(text = ''): Promise<void> {
    await this.write(`${text}\n`);
  }

  async json(value: unknown): Promise<void> {
    await this.line(JSON.stringify(value, null, 2));
  }

  async table(headings: Heading[], rows: string[][]): Promise<void> {
    const [head, ...lines] = tableLines(headings, rows, this.columns);
    await this.line(this.style('bold', head!));
    for (let i = 0; i < lines.length; i += SLAB) await this.line(lines.slice(i, i + SLAB).join('\n'));
  }

  /** The text in a style, where stdout is a terminal that has colours. */
  style(style: Style, text: string): string {
    return this.#paint(this.#out, style, text);
  }

  /** A line of talk. */
  say(text: string): void {
    this.talk(`${text}\n`);
  }

  /** Something the user should look at, though the command goes on. */
  warn(text: string): void {
    this.say(`${this.#paint(this.#err, 'yellow', 'warning:')} ${text}`);
  }

  /** Why the command ends without success, and what to do next. */
  complain(message: string, hint?: string): void {
    this.say(`${this.#paint(this.#err, 'red', 'thermowell:')} ${message}`);
    if (hint !== undefined) this.say(hint.replaceAll(/^/gm, '  '));
  }

  /** Talk as it is, no line end added. */
  talk(text: string): void {
    this.#err.write(this.#bar === '' ? text : CLEAR_LINE + text + this.#bar);
  }

  progress(label: string): Progress {
    let drawn = -Infinity;
    return {
      update: (fraction, note = '') => {
        const width = widthOf(this.#err);
        if (width === undefined || performance.now() - drawn < REDRAW) return;
        drawn = performance.now();
        this.#bar = progressLine(label, fraction, note, width - 1);
        this.#err.write(CLEAR_LINE + this.#bar);
      },
      end: () => {
        if (this.#bar !== '') this.#err.write(CLEAR_LINE);
        this.#bar = '';
      },
    };
  }

  /** FORCE_COLOR has the last word; else Node's own answer, by which a pipe, NO_COLOR and TERM=dumb have none. */
  #hasColors(stream: NodeJS.WriteStream): boolean {
    const forced = this.#env['FORCE_COLOR'];
    if (forced !== undefined) return forced !== '0' && forced !== 'false';
    return stream.isTTY && stream.hasColors(this.#env);
  }

  #paint(stream: NodeJS.WriteStream, style: Style, text: string): string {
    return this.#hasColors(stream) ? styleText(style, text, { validateStream: false }) : text;
  }
}

/** Columns of a terminal, also of one that doesn't say (0); undefined where it is none. */
function widthOf(stream: NodeJS.WriteStream): number | undefined {
  return stream.isTTY ? stream.columns || USUAL_COLUMNS : undefined;
}
