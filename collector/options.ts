/** What is set by the command line's flags and by the environment's variables, read by kind; a flag wins. */

/** Flags as the command line gives them; each has a variable that it wins over. */
export interface Flags {
  host?: string;
  port?: string;
  tlsCert?: string;
  tlsKey?: string;
  data?: string;
  users?: string;
  logLevel?: string;
  private?: boolean;
  trustClock?: boolean;
  maxBytes?: string;
  maxReadings?: string;
  maxSensors?: string;
  maxFields?: string;
  journalBytes?: string;
  commitDelay?: string;
  verifyEvery?: string;
  /** true says nothing: the command line has it so without --no-mqtt */
  mqtt?: boolean;
  mqttPort?: string;
  mqttUrl?: string;
  mqttCa?: string;
  mqttUser?: string;
  alarmWebhook?: string;
  alarmNtfy?: string;
  /** true says nothing, as with `mqtt` */
  homeassistant?: boolean;
  homeassistantPrefix?: string;
  /** the same */
  mdns?: boolean;
  accept?: string;
}

/** Flags that are true where nobody gave them, as the command line has it: only false says something. */
const SWITCHES = { mqtt: true, homeassistant: true, mdns: true };

/** A flag or variable that makes no sense; the message names it. `value` is undefined where nobody gave it. */
export class ConfigError extends Error {
  constructor(source: string, value: string | boolean | undefined, wanted: string) {
    super(`${source} must be ${wanted}${value === undefined ? '' : `, not "${String(value)}"`}`);
    this.name = 'ConfigError';
  }
}

/** What somebody gave, and the flag or variable that an error names. */
interface Given {
  source: string;
  value: string | boolean;
}

export class Options {
  readonly flags: Flags;
  readonly #env: NodeJS.ProcessEnv;

  constructor(flags: Flags, env: NodeJS.ProcessEnv) {
    this.flags = flags;
    this.#env = env;
  }

  text(name: keyof Flags, fallback: string): string {
    return String(this.given(name)?.value ?? fallback);
  }

  integer(name: keyof Flags, fallback: number, min: number, max: number): number {
    const given = this.given(name);
    if (given === null) return fallback;
    const number = /^\d+$/.test(String(given.value)) ? Number(given.value) : NaN;
    if (!(number >= min && number <= max))
      throw new ConfigError(given.source, given.value, `an integer from ${min} to ${max}`);
    return number;
  }

  /** An address that holds; the message of an error leaves it out, for it may hold a password. */
  address(name: keyof Flags, like: string, holds: (url: URL) => boolean): URL | null {
    const given = this.given(name);
    if (given === null) return null;
    const url = URL.canParse(String(given.value)) ? new URL(String(given.value)) : null;
    if (url === null || !holds(url)) throw new ConfigError(given.source, '…', `an address like ${like}`);
    return url;
  }

  truth(name: keyof Flags, fallback = false): boolean {
    const given = this.given(name);
    if (given === null) return fallback;
    const text = String(given.value).toLowerCase();
    if (['1', 'true', 'yes', 'on'].includes(text)) return true;
    if (['0', 'false', 'no', 'off'].includes(text)) return false;
    throw new ConfigError(given.source, given.value, 'true or false');
  }

  /** On unless somebody says otherwise. */
  isOff(name: keyof typeof SWITCHES): boolean {
    return this.flags[name] === false || !this.truth(name, true);
  }

  /** An empty variable counts as none: that is how a unit file or a compose file leaves one out. */
  given(name: keyof Flags): Given | null {
    const { flag, variable } = spelt(name);
    const value = name in SWITCHES ? undefined : this.flags[name];
    if (value !== undefined) return { source: flag, value };
    const text = this.#env[variable];
    return text === undefined || text === '' ? null : { source: variable, value: text };
  }
}

/** `mqttPort` is `--mqtt-port` and `THERMOWELL_MQTT_PORT`. */
function spelt(name: keyof Flags): { flag: string; variable: string } {
  const words = name.split(/(?=[A-Z])/);
  return { flag: `--${words.join('-').toLowerCase()}`, variable: `THERMOWELL_${words.join('_').toUpperCase()}` };
}
