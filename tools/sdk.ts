/** Moddable's SDK on this machine: whether all of it is there, and how to get what isn't. */
import { spawn } from 'node:child_process';
import { access, constants, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { ToolError } from './exit.js';

/** What the surroundings say, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface Sdk {
  /** to start mcconfig with */
  env: Environment;
  /** something that may be missing, in words */
  doubts: string[];
}

/** The oldest TypeScript that mcconfig's target, es2025, compiles with. */
const TYPESCRIPT = 6;

/** Where the SDK's build puts mcconfig, below MODDABLE. */
const TOOLS: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'build/bin/lin/release',
  darwin: 'build/bin/mac/release',
  win32: 'build/bin/win/release',
};

/** `root`: the folder with our own node_modules, whose TypeScript will do. @throws ToolError that says how to get it */
export async function findSdk(env: Environment, platform: string, root: string): Promise<Sdk> {
  const family = platform.split('/')[0] === 'esp' ? 'esp8266' : 'esp32';
  const moddable = env['MODDABLE'] ?? '';
  if (moddable === '') throw missing("Moddable's SDK is not installed here: MODDABLE is not set", family);
  if (!(await isFolder(moddable))) throw missing(`MODDABLE is ${moddable}, where there is no folder`, family);
  const own = [join(moddable, TOOLS[process.platform] ?? ''), join(root, 'node_modules/.bin')];
  const path = [env['PATH'] ?? '', ...own].join(delimiter);
  if (!(await onPath('mcconfig', path)))
    throw missing('mcconfig is neither on the PATH nor built below MODDABLE', family);
  await checkTypescript(path);
  const doubts: string[] = [];
  if (family === 'esp32' && (env['IDF_PATH'] ?? '') === '')
    doubts.push('IDF_PATH is not set; if the build fails, "npx xs-dev setup --device esp32" installs ESP-IDF');
  return { env: { ...env, PATH: path }, doubts };
}

async function checkTypescript(path: string): Promise<void> {
  const hint = 'Run "npm install -g typescript".';
  if (!(await onPath('tsc', path))) throw new ToolError('failure', 'tsc is not on the PATH', { hint });
  const said = await outputOf('tsc', ['--version'], path);
  const [, version, major] = /(\d+)\.\d+(?:\.\d+)?/.exec(said) ? /((\d+)\.\d+(?:\.\d+)?)/.exec(said)! : [];
  if (Number(major) < TYPESCRIPT)
    throw new ToolError('failure', `tsc is ${version}, and ${TYPESCRIPT} or newer is needed`, { hint });
}

function missing(message: string, device: string): ToolError {
  return new ToolError('failure', message, {
    hint: `Install it with "npx xs-dev setup", then "npx xs-dev setup --device ${device}", and open a new terminal.
By hand: github.com/Moddable-OpenSource/moddable, documentation, "Getting Started".`,
  });
}

async function onPath(name: string, path: string): Promise<boolean> {
  for (const folder of path.split(delimiter)) {
    if (folder === '') continue;
    const found = await access(join(folder, name), constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return true;
  }
  return false;
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() === true;
}

function outputOf(program: string, args: string[], path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: { PATH: path }, stdio: ['ignore', 'pipe', 'ignore'] });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (piece: string) => (text += piece));
    child.on('error', reject).on('close', () => resolve(text));
  });
}
