import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { readSettings } from '../../firmware/settings.js';
import { Client } from '../client.js';
import { Command, url } from '../command.js';
import { ToolError } from '../exit.js';
import type { Output } from '../output.js';
import { Prompt } from '../prompt.js';
import { findSdk, type Environment } from '../sdk.js';
import { printable } from '../text.js';

interface Options {
  platform?: string;
  ssid?: string;
  password?: string;
  collector?: URL;
  token?: string;
  description?: string;
  buildOnly?: true;
  debug?: true;
  dryRun?: true;
  json?: true;
}

/** What mcconfig calls them → what people do. */
const PLATFORMS: { value: string; name: string }[] = [
  { value: 'esp32', name: 'ESP32' },
  { value: 'esp32/nodemcu', name: 'ESP32 on a NodeMCU board' },
  { value: 'esp32/esp32c3', name: 'ESP32-C3' },
  { value: 'esp', name: 'ESP8266 (NodeMCU, Wemos D1 mini)' },
];

/** Of the firmware, as the README lists them. */
export const SETTINGS = (
  'ssid password collector transport mqtt certificate token device description period pin resolution ntp batch mode ' +
  'upload_every radio group battery full_scale led led_level'
).split(' ');

/** Settings that are nobody else's business. */
const SECRETS = ['password', 'token'];

const LEGEND = `
What is not given is asked for. The password of the Wi-Fi is asked for or taken from THERMOWELL_WIFI_PASSWORD, the token
from THERMOWELL_TOKEN, so that neither gets into the history of the shell; both end up in the chip's flash, and while
mcconfig runs they are among its arguments. Any other setting of the firmware is name=value at the end.`;

/** `thermowell flash [settings...]` */
export function flash(output: Output): Command {
  return new Command('flash', output)
    .argument('[settings...]', 'of the firmware, name=value: period=300 pin=4')
    .option('--platform <name>', `${PLATFORMS.map(({ value }) => value).join(', ')}, or any other of mcconfig`)
    .option('--ssid <name>', 'the Wi-Fi')
    .option('--collector <url>', 'as the device reaches it: not localhost', url)
    .setting('--token <token>', 'lets the device write', 'THERMOWELL_TOKEN')
    .option('--description <text>', 'of the device, for people')
    .option('--build-only', "don't write it to a chip")
    .option('--debug', "with the SDK's debugger")
    .option('--dry-run', 'only show the command, without its secrets')
    .option('--json', 'the command as JSON, without its secrets')
    .notes(LEGEND)
    .examples(
      ['flash', 'asks for everything'],
      ['flash --platform esp --ssid Home --collector http://192.168.1.5:8080 period=300', 'asks for the secrets only'],
    )
    .action(async (settings: string[], options: Options) => {
      const env = output.environment;
      const prompt = new Prompt({ input: process.stdin, output: process.stderr });
      const args = argumentsOf(
        await complete({ ...options, password: env['THERMOWELL_WIFI_PASSWORD'] }, prompt),
        settings,
        options,
      );
      if (options.json) return output.json({ command: 'mcconfig', args: args.map(masked), cwd: root() });
      if (options.dryRun) return output.line(['mcconfig', ...args.map(masked).map(shellWord)].join(' '));
      await run(args, env, options, output);
    });
}

type Complete = Required<Pick<Options, 'platform' | 'ssid' | 'password'>> & { collector: URL; token: string };

/** Asks for what is missing. @throws ToolError where there is nobody to ask */
async function complete(given: { [K in keyof Options]: Options[K] | undefined }, prompt: Prompt): Promise<Complete> {
  const absent = (['platform', 'ssid', 'collector', 'token'] as const).filter((name) => given[name] === undefined);
  if (absent.length > 0 && !prompt.possible)
    throw new ToolError('usage', `there is no terminal to ask on for ${absent.join(', ')}`, {
      hint: `Give ${absent.map((name) => (name === 'token' ? 'THERMOWELL_TOKEN' : `--${name}`)).join(', ')}.`,
    });
  const ask = prompt.possible;
  return {
    platform: given.platform ?? (await prompt.choice('Which chip?', PLATFORMS)),
    ssid: given.ssid ?? (await prompt.text('The name of the Wi-Fi:', { validate: some })),
    password: given.password ?? (ask ? await prompt.secret('Its password (empty: none):') : ''),
    collector:
      given.collector ?? url(await prompt.text('The collector, as the device reaches it:', { validate: address })),
    token: given.token ?? (await prompt.secret('A token ("thermowell token add <name>" makes one):')),
  };
}

function argumentsOf(
  { platform, ssid, password, collector, token }: Complete,
  settings: string[],
  { description, debug, buildOnly }: Options,
): string[] {
  const wrong = settings.find((setting) => !SETTINGS.some((name) => setting.startsWith(`${name}=`)));
  if (wrong !== undefined)
    throw new ToolError('usage', `"${printable(wrong)}" is no setting`, {
      hint: `A setting is name=value: period=300. There are ${SETTINGS.join(', ')}.`,
    });
  if (['localhost', '127.0.0.1', '[::1]'].includes(collector.hostname))
    throw new ToolError('usage', `a device can't reach a collector at ${collector.host}`, {
      hint: "Give the collector's address in the LAN: http://192.168.1.5:8080",
    });
  const named = {
    ssid,
    ...(password !== '' && { password }),
    collector: collector.href.replace(/\/$/, ''),
    token,
    ...(description !== undefined && { description }),
  };
  const pairs = [...Object.entries(named).map(([name, value]) => `${name}=${value}`), ...settings];
  checkSettings(platform, pairs);
  return [...(debug ? ['-d'] : []), '-m', '-p', platform, ...(buildOnly ? ['-t', 'build'] : []), ...pairs];
}

/** With settings that make no sense an image builds all the same, and says so only where nobody looks: on its wire. */
function checkSettings(platform: string, pairs: string[]): void {
  const entries = pairs.map((pair): [string, string] => {
    const end = pair.indexOf('=');
    return [pair.slice(0, end), pair.slice(end + 1)];
  });
  const chip = platform.split('/')[0] === 'esp' ? 'esp8266' : 'esp32';
  try {
    readSettings({ platform: chip, ...Object.fromEntries(entries) });
  } catch (error) {
    throw new ToolError('usage', printable((error as Error).message), {
      hint: 'The README lists all settings under "The firmware".',
    });
  }
}

async function run(args: string[], env: Environment, { buildOnly }: Options, output: Output): Promise<void> {
  const [platform = '', collector = '', token] = ['-p', 'collector', 'token'].map((name) => valueOf(args, name));
  output.say('[1/3] looking for the tools');
  const sdk = await findSdk(env, platform, root());
  for (const doubt of sdk.doubts) output.warn(doubt);
  output.say(`[2/3] looking for the collector at ${collector}`);
  await new Client(new URL(collector), token)
    .series()
    .then(({ length }) => output.say(`      there, with ${length} series`))
    .catch((error: Error) => output.warn(`${error.message}; the device keeps its readings until it is there`));
  output.say(`[3/3] ${buildOnly ? 'building' : 'building, then writing to the chip'}: the first time takes minutes`);
  const began = Date.now();
  const code = await mcconfig(args, sdk.env, output);
  if (code !== 0)
    throw new ToolError('failure', `mcconfig ended with ${code}`, {
      hint: 'What it said is above. Is the chip plugged in, and may you open its port (group "dialout" on Linux)?',
    });
  const seconds = Math.round((Date.now() - began) / 1000);
  output.say(
    `Done in ${seconds} s. ${buildOnly ? '' : '"thermowell devices" shows the device after its first upload.'}`,
  );
}

/** Runs it in our own folder; what it says is talk, and secrets are taken out of it. */
async function mcconfig(args: string[], env: Environment, output: Output): Promise<number | null> {
  const secrets = SECRETS.map((name) => valueOf(args, name)).filter(
    (text) => text !== undefined && text !== '',
  ) as string[];
  const child = spawn('mcconfig', args, { cwd: root(), env: { ...env }, stdio: ['inherit', 'pipe', 'pipe'] });
  const pass = async (stream: Readable): Promise<void> => {
    for await (const line of createInterface({ input: stream }))
      output.say(`      ${secrets.reduce((text, secret) => text.replaceAll(secret, '••••'), line)}`);
  };
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve);
  });
  await Promise.all([pass(child.stdout), pass(child.stderr)]);
  return ended;
}

/** `-p esp32` or `ssid=Home` among arguments. */
function valueOf(args: string[], name: string): string | undefined {
  if (name.startsWith('-')) return args[args.indexOf(name) + 1];
  return args.find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1);
}

function masked(argument: string): string {
  const name = SECRETS.find((one) => argument.startsWith(`${one}=`));
  return name === undefined ? argument : `${name}=••••`;
}

function shellWord(text: string): string {
  return /^[\w=:/.,@%+•-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function some(text: string): true | string {
  return text !== '' || 'It must not be empty.';
}

function address(text: string): true | string {
  return (
    URL.canParse(text.includes('://') ? text : `http://${text}`) || 'It must be an address like http://192.168.1.5:8080'
  );
}

/** The folder with manifest.json, wherever the build puts this file. */
function root(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'manifest.json'))) folder = dirname(folder);
  return folder;
}
