/**
 * What a person sets when building: `mcconfig … ssid=Home collector=http://192.168.1.5:8080 token=…` puts it into
 * `mc/config` as strings; the manifest's own `config` may hold numbers.
 *
 *   ssid, password   the Wi-Fi; no password for an open one
 *   collector        its address, http://host[:port][/api]; https:// on ESP32, with a certificate
 *                    left out, an ESP32 looks for one in the LAN (mDNS, _thermowell._tcp); with a certificate for one
 *                    that speaks TLS, without one for one that doesn't
 *   certificate      of the authority that signed the collector's, base64 of its DER; for https and mqtts
 *   transport        http or mqtt; default http
 *   mqtt             the broker's address, mqtt://host[:port] or mqtts://…; default: that of the collector's own
 *   token            lets the device write
 *   device           its id; default: its MAC address
 *   description      a text for people; default: none
 *   period           from one reading to the next, s; default 60
 *   mode             mains or battery; default mains
 *   upload_every     battery: readings from one upload to the next; default 60
 *   group            battery: readings gathered in memory before they go to flash; default 1, which loses none
 *   radio            battery: longest that the radio is on in one wake, s; default 20
 *   battery          pin of the battery's divider (ESP8266: 0, its only one); default none
 *   full_scale       volts of the battery at which that pin is at full scale; default 4.2
 *   led              GPIO of a LED that blinks with each reading; default none
 *   led_level        what lights it, 1 or 0; default 1
 *   pin              GPIO of the probes' data wire; default 4
 *   resolution       of the probes, bits, 9 to 12; default 12
 *   ntp              a time server; default pool.ntp.org
 *   batch            longest body of an upload, bytes; default 3000, less where the chip has little memory
 */
import { defaultPort, parseAddress, type Address } from './address.js';
import { consistsOf, isAlphanumeric, type Letter } from './protocol/letters.js';
import { isName, RESERVED_DEVICE, TEXT_MAX } from './protocol/limits.js';

export interface Settings {
  readonly ssid: string;
  readonly password: string;
  readonly transport: 'http' | 'mqtt';
  /** what it uploads to: the collector, or with `mqtt` a broker; null: one that it finds in the LAN */
  readonly collector: Address | null;
  /** where newer firmware comes from: the collector, over HTTP; null: the one that it finds in the LAN */
  readonly images: Address | null;
  /** of the authority that is trusted for https and mqtts, base64 of its DER; '': no TLS with one that it finds */
  readonly certificate: string;
  readonly token: string;
  /** null: by the MAC address */
  readonly device_id: string | null;
  readonly device_desc: string;
  readonly periodMs: number;
  readonly mode: 'mains' | 'battery';
  readonly uploadEvery: number;
  readonly group: number;
  readonly radioMs: number;
  /** null: none */
  readonly batteryPin: number | null;
  readonly fullScale_V: number;
  /** null: none */
  readonly ledPin: number | null;
  readonly ledLevel: 0 | 1;
  readonly pin: number;
  readonly bits: 9 | 10 | 11 | 12;
  readonly ntp: string;
  readonly batchBytes: number;
}

/**
 * The settings in `mc/config`.
 * @throws Error that names the setting and what it should be
 */
export function readSettings(config: Readonly<Record<string, unknown>>): Settings {
  const transport = oneOf(config, 'transport', ['http', 'mqtt'] as const);
  const settings: Settings = {
    ssid: inBytes(needed(config, 'ssid'), 'ssid', 32),
    password: inBytes(text(config, 'password'), 'password', 64),
    transport,
    collector: transport === 'http' ? collector(config) : broker(config),
    images: collector(config),
    certificate: certificate(config),
    token: needed(config, 'token'),
    device_id: deviceId(text(config, 'device')),
    device_desc: text(config, 'description'),
    periodMs: whole(config, 'period', 60, 1, 86_400) * 1000,
    mode: oneOf(config, 'mode', ['mains', 'battery'] as const),
    uploadEvery: whole(config, 'upload_every', 60, 1, 100_000),
    group: whole(config, 'group', 1, 1, 50),
    radioMs: whole(config, 'radio', 20, 5, 600) * 1000,
    batteryPin: pin(config, 'battery'),
    fullScale_V: volts(config, 'full_scale', 4.2),
    ledPin: pin(config, 'led'),
    ledLevel: whole(config, 'led_level', 1, 0, 1) as Settings['ledLevel'],
    pin: whole(config, 'pin', 4, 0, 48),
    bits: whole(config, 'resolution', 12, 9, 12) as Settings['bits'],
    ntp: text(config, 'ntp') || 'pool.ntp.org',
    batchBytes: whole(config, 'batch', 3000, 500, 100_000),
  };
  return Object.freeze(settings);
}

function text(config: Readonly<Record<string, unknown>>, name: string, max = TEXT_MAX): string {
  const value = config[name] ?? '';
  if (typeof value !== 'string' || value.length > max) throw new Error(`${name} must be at most ${max} characters`);
  return value;
}

/** The radio counts bytes, of UTF-8, and joins nothing with more than it takes. */
function inBytes(value: string, name: string, max: number): string {
  let bytes = 0;
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    // half of a pair, which is four bytes: two
    const half = code >= 0xd800 && code < 0xe000;
    bytes += code < 0x80 ? 1 : code < 0x800 || half ? 2 : 3;
  }
  if (bytes > max) throw new Error(`${name} must be at most ${max} bytes, and ${value.length} characters are ${bytes}`);
  return value;
}

function needed(config: Readonly<Record<string, unknown>>, name: string, max = TEXT_MAX): string {
  const value = text(config, name, max);
  if (value === '') throw new Error(`${name} is missing: mcconfig … ${name}=…`);
  return value;
}

function whole(
  config: Readonly<Record<string, unknown>>,
  name: string,
  other: number,
  min: number,
  max: number,
): number {
  const given = config[name];
  const value = given === undefined || given === '' ? other : Number(given);
  if (!Number.isInteger(value) || value < min || value > max)
    throw new Error(`${name} must be a whole number from ${min} to ${max}`);
  return value;
}

function pin(config: Readonly<Record<string, unknown>>, name: string): number | null {
  const given = config[name];
  return given === undefined || given === '' ? null : whole(config, name, 0, 0, 48);
}

function volts(config: Readonly<Record<string, unknown>>, name: string, other: number): number {
  const given = config[name];
  const value = given === undefined || given === '' ? other : Number(given);
  if (!(value >= 0.1 && value <= 100)) throw new Error(`${name} must be volts from 0.1 to 100`);
  return value;
}

function oneOf<T extends string>(config: Readonly<Record<string, unknown>>, name: string, values: readonly T[]): T {
  const given = text(config, name) || values[0]!;
  const value = values.find((other) => other === given);
  if (value === undefined) throw new Error(`${name} must be ${values.join(' or ')}, not "${given}"`);
  return value;
}

function collector(config: Readonly<Record<string, unknown>>): Address | null {
  const given = text(config, 'collector');
  if (given === '') return nobody(config);
  const address = parseAddress(given, 'http');
  if (address === null) throw new Error(`collector must be http://host[:port][/path] or https://…, not "${given}"`);
  return possible(config, 'collector', address);
}

/** Whom it is to look for in the LAN. */
function nobody(config: Readonly<Record<string, unknown>>): null {
  const given = text(config, 'transport') === 'mqtt' && text(config, 'mqtt') !== '';
  if (!given && isEsp8266(config)) throw new Error('collector is missing: an ESP8266 does not look for one in the LAN');
  return null;
}

/** Where none is given, the one that the collector brings. */
function broker(config: Readonly<Record<string, unknown>>): Address | null {
  const given = text(config, 'mqtt');
  if (given === '') {
    const own = collector(config);
    if (own === null) return null;
    const { secure, host } = own;
    return Object.freeze({ secure, host, port: defaultPort('mqtt', secure), base: '' });
  }
  const address = parseAddress(given, 'mqtt');
  if (address === null) throw new Error(`mqtt must be mqtt://host[:port] or mqtts://…, not "${given}"`);
  return possible(config, 'mqtt', address);
}

/** TLS takes some 40 kB of RAM, and somebody to trust. */
function possible(config: Readonly<Record<string, unknown>>, name: string, address: Address): Address {
  if (!address.secure) return address;
  if (isEsp8266(config)) throw new Error(`${name}: an ESP8266 has too little memory for TLS`);
  if (certificate(config) === '')
    throw new Error(`certificate is missing: ${name} by TLS takes the one that signed the other side's`);
  return address;
}

function isEsp8266(config: Readonly<Record<string, unknown>>): boolean {
  return text(config, 'platform') === 'esp8266';
}

/** About 3 kB of DER: more than any certificate has. */
const CERTIFICATE_MAX = 4096;
/** `+` and `/` as well */
const isBase64: Letter = (code) => isAlphanumeric(code) || code === 0x2b || code === 0x2f;

function certificate(config: Readonly<Record<string, unknown>>): string {
  const given = text(config, 'certificate', CERTIFICATE_MAX);
  const padding = given.endsWith('==') ? 2 : given.endsWith('=') ? 1 : 0;
  const digits = given.slice(0, given.length - padding);
  if (given !== '' && (given.length % 4 !== 0 || !consistsOf(digits, isBase64)))
    throw new Error("certificate must be base64: what is between the lines of a PEM file's BEGIN and END, in one line");
  return given;
}

function deviceId(id: string): string | null {
  if (id === '') return null;
  if (!isName(id) || id === RESERVED_DEVICE)
    throw new Error(`device must be 1 to 64 of A-Z a-z 0-9 _ . : -, the first a letter or digit, not "${id}"`);
  return id;
}
