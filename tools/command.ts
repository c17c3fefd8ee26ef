/** The door to commander: what every command of ours has in common. */
import { getSystemErrorMap } from 'node:util';
import { Command as Commander, CommanderError, InvalidArgumentError, Option } from 'commander';
import { isName } from '../firmware/protocol/limits.js';
import { Client } from './client.js';
import { EXITS, ToolError } from './exit.js';
import { parseMoment, showMoment } from './moment.js';
import type { Output } from './output.js';
import { parseSpan } from './span.js';
import { wrapped } from './text.js';

/** What `collectorOptions` adds to a command's options. */
export interface CollectorOptions {
  url: URL;
  token?: string;
}

/** Columns of the help where it goes to no terminal. */
const NOTES_COLUMNS = 100;
const DEFAULT_URL = 'http://localhost:8080';

/**
 * A command whose subcommands share its output and manners: it throws where commander would end the process, and
 * suggests what a mistyped word may have meant.
 */
export class Command extends Commander {
  readonly output: Output;

  constructor(name: string, output: Output) {
    super(name);
    this.output = output;
    this.exitOverride().showHelpAfterError('Try --help.').helpCommand(false);
    this.configureHelp({ styleTitle: (title) => output.style('bold', title) });
    this.configureOutput({
      writeOut: (text) => void output.write(text),
      writeErr: (text) => output.talk(text),
      outputError: (text) => output.complain(text.replace(/^error: /, '').trimEnd()),
      getOutHelpWidth: () => output.columns ?? NOTES_COLUMNS,
      getErrHelpWidth: () => output.talkColumns ?? NOTES_COLUMNS,
      getOutHasColors: () => output.hasColors,
      getErrHasColors: () => output.talkHasColors,
    });
  }

  /** An option that can also be given as an environment variable; the command line has precedence. */
  setting(flags: string, description: string, variable: string, how: Setting<unknown> = {}): this {
    const option = new Option(flags, description).env(variable);
    if (how.parse !== undefined) option.argParser(how.parse);
    if (how.default !== undefined) option.default(how.default, how.shown);
    return this.addOption(option);
  }

  /** Options that can't stand together. */
  exclusive(flags: string, description: string, others: string[], parse?: (text: string) => unknown): this {
    const option = new Option(flags, description).conflicts(others);
    if (parse !== undefined) option.argParser(parse);
    return this.addOption(option);
  }

  /** `--url` and `--token`, for a command that talks to a collector. */
  collectorOptions(tokenIs = 'needed where reading is private'): this {
    return this.setting('--url <url>', "the collector's address", 'THERMOWELL_URL', {
      parse: url,
      default: new URL(DEFAULT_URL),
      shown: DEFAULT_URL,
    }).setting('--token <token>', tokenIs, 'THERMOWELL_TOKEN');
  }

  /** Something more to know, below the options; it fits into the terminal. */
  notes(text: string): this {
    return this.addHelpText('after', () => wrapped(text, this.output.columns ?? NOTES_COLUMNS));
  }

  /** Commands and what they do, at the end of the command's help. */
  examples(...lines: [command: string, does: string][]): this {
    const text = lines.map(([command, does]) => `  ${this.output.style('dim', `# ${does}`)}\n  thermowell ${command}`);
    return this.addHelpText('after', () => `\n${this.output.style('bold', 'Examples:')}\n${text.join('\n')}`);
  }
}

export interface Setting<T> {
  parse?: (text: string) => T;
  default?: T;
  /** the default as the help shows it */
  shown?: string;
}

/** The exit code that an error ends the process with, after saying why. */
export function exitCode(error: unknown, output: Output): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXITS.ok.code : EXITS.usage.code;
  if (error instanceof ToolError) {
    output.complain(error.message, error.hint);
    return EXITS[error.exit].code;
  }
  // the system's own words are enough; what we didn't foresee needs its stack
  output.complain(systemWords(error) ?? (error instanceof Error ? (error.stack ?? error.message) : String(error)));
  return EXITS.failure.code;
}

/** What the system says, as other programs say it: `house.tar: no such file or directory`; null for other errors. */
function systemWords(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const { syscall, errno, path, message } = error as NodeJS.ErrnoException;
  if (syscall === undefined) return null;
  const words = errno === undefined ? undefined : getSystemErrorMap().get(errno)?.[1];
  return path === undefined || words === undefined ? message : `${path}: ${words}`;
}

/** An address, `http://` added where no scheme is written; an error for commander otherwise. */
export function url(text: string): URL {
  const address = text.includes('://') ? text : `http://${text}`;
  if (!URL.canParse(address)) throw new InvalidArgumentError('It must be an address like http://pi.local:8080.');
  const parsed = new URL(address);
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:')
    throw new InvalidArgumentError('It must begin with http:// or https://.');
  if (parsed.username !== '' || parsed.password !== '')
    throw new InvalidArgumentError('It must be without a user and password.');
  return parsed;
}

/** An MQTT broker's address; an error for commander otherwise. */
export function mqttUrl(text: string): URL {
  const parsed = URL.canParse(text) ? new URL(text) : null;
  if (parsed === null || parsed.hostname === '' || !/^(mqtts?|wss?):$/.test(parsed.protocol))
    throw new InvalidArgumentError('It must be an address like mqtt://pi.local:1883.');
  return parsed;
}

/** A parser of whole numbers between `min` and `max`. */
export function integer(min: number, max: number = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text.trim()) ? Number(text) : NaN;
    if (!(value >= min && value <= max))
      throw new InvalidArgumentError(
        max === Number.MAX_SAFE_INTEGER
          ? `It must be a whole number of at least ${min}.`
          : `It must be ${min} to ${max}.`,
      );
    return value;
  };
}

/** Any number. */
export function number(text: string): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (!Number.isFinite(value)) throw new InvalidArgumentError('It must be a number.');
  return value;
}

/** A parser of numbers between `min` and `max`. */
export function quantity(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : NaN;
    if (!(value >= min && value <= max)) throw new InvalidArgumentError(`It must be ${min} to ${max}.`);
    return value;
  };
}

/** A parser of one of these words. */
export function oneOf(words: readonly string[]): (text: string) => string {
  return (text) => {
    if (!words.includes(text)) throw new InvalidArgumentError(`It must be one of ${words.join(', ')}.`);
    return text;
  };
}

/** A name that can be read. */
export function userName(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('It must not be empty.');
  return text;
}

/** Adds a device id to those before it. */
export function deviceIds(text: string, before: string[] = []): string[] {
  if (!isName(text)) throw new InvalidArgumentError('A device id is 1 to 64 of A-Z a-z 0-9 _ . : -');
  return [...before, text];
}

/** A series id. */
export function seriesId(text: string): number {
  if (!/^\d{1,15}$/.test(text))
    throw new InvalidArgumentError('A series id is a number; "thermowell list" shows them.');
  return Number(text);
}

/** Adds a series id to those before it, where it isn't among them. */
export function seriesIds(text: string, before: number[] = []): number[] {
  return [...new Set([...before, seriesId(text)])];
}

/** A length of time → ms. */
export function span(text: string): number {
  const ms = parseSpan(text);
  if (ms === null) throw new InvalidArgumentError('It must be a length of time like 90s, 30m, 24h, 7d, 2w or 1y.');
  return ms;
}

/** A moment → ms since 1970. */
export function moment(text: string): number {
  const ms = parseMoment(text, Date.now());
  if (ms === null)
    throw new InvalidArgumentError(
      'It must be a moment like 2026-11-22, "2026-11-22 17:00", 2026-11-22T17:00Z or -6h.',
    );
  return ms;
}

/** @throws ToolError where a window ends before it begins */
export function mustBeWindow(from: number | undefined, to: number | undefined): void {
  if (from === undefined || to === undefined || from <= to) return;
  throw new ToolError('usage', `--from is ${showMoment(from)}, which is after --to, ${showMoment(to)}`);
}

export function client({ url, token }: CollectorOptions): Client {
  return new Client(url, token);
}
