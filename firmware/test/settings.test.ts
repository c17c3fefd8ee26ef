import { expect, test } from 'vitest';
import { readSettings } from '../settings.js';

const NEEDED = { ssid: 'Home', collector: 'http://pi.local', token: 't' };

test('has a default for everything but Wi-Fi and token', () => {
  expect(readSettings(NEEDED)).toEqual({
    ssid: 'Home',
    password: '',
    transport: 'http',
    collector: { secure: false, host: 'pi.local', port: 80, base: '' },
    images: { secure: false, host: 'pi.local', port: 80, base: '' },
    certificate: '',
    token: 't',
    device_id: null,
    device_desc: '',
    periodMs: 60_000,
    mode: 'mains',
    uploadEvery: 60,
    group: 1,
    radioMs: 20_000,
    batteryPin: null,
    fullScale_V: 4.2,
    ledPin: null,
    ledLevel: 1,
    pin: 4,
    bits: 12,
    ntp: 'pool.ntp.org',
    batchBytes: 3000,
  });
});

test('without a collector it is to be found', () => {
  for (const transport of ['http', 'mqtt'])
    expect(readSettings({ ssid: 'Home', token: 't', transport })).toMatchObject({ collector: null, images: null });
});

test('an ESP8266 does not look for one: it wants the address of what it talks to', () => {
  const chip = { ssid: 'Home', token: 't', platform: 'esp8266' };
  for (const transport of ['http', 'mqtt'])
    expect(() => readSettings({ ...chip, transport })).toThrow('collector is missing');
  expect(readSettings({ ...chip, transport: 'mqtt', mqtt: 'mqtt://pi.local' })).toMatchObject({ images: null });
});

test('reads what mcconfig hands over: strings', () => {
  const given = { password: 'a=b', device: 'cellar', description: 'Küche', ntp: '192.168.1.1' };
  expect(readSettings({ ...NEEDED, ...given, period: '300', pin: '13', resolution: '9' })).toMatchObject({
    password: 'a=b',
    device_id: 'cellar',
    device_desc: 'Küche',
    periodMs: 300_000,
    pin: 13,
    bits: 9,
    ntp: '192.168.1.1',
  });
});

test.each([
  ['http://192.168.1.5:8080', { secure: false, host: '192.168.1.5', port: 8080, base: '' }],
  ['http://pi.local', { secure: false, host: 'pi.local', port: 80, base: '' }],
  ['http://pi.local/api/', { secure: false, host: 'pi.local', port: 80, base: '/api' }],
])('reads the collector %s', (collector, expected) => {
  expect(readSettings({ ...NEEDED, collector }).collector).toEqual(expected);
});

test('takes TLS with a certificate, and finds the secure ports', () => {
  const secure = { ...NEEDED, collector: 'https://pi.local/api', certificate: 'MIIB', platform: 'esp32' };
  expect(readSettings(secure)).toMatchObject({
    collector: { secure: true, host: 'pi.local', port: 443, base: '/api' },
    certificate: 'MIIB',
  });
  const { collector } = readSettings({ ...secure, transport: 'mqtt' });
  expect(collector).toEqual({ secure: true, host: 'pi.local', port: 8883, base: '' });
});

test.each([
  [{}, { host: 'pi.local', port: 1883 }],
  [{ collector: 'http://pi.local:8080/api' }, { host: 'pi.local', port: 1883 }],
  [
    { mqtt: 'mqtt://192.168.1.9', collector: '' },
    { host: '192.168.1.9', port: 1883 },
  ],
  [{ mqtt: 'mqtt://broker.lan:1884' }, { host: 'broker.lan', port: 1884 }],
])('finds the broker of %j', (config, expected) => {
  const settings = readSettings({ ...NEEDED, transport: 'mqtt', ...config });
  expect(settings).toMatchObject({ transport: 'mqtt', collector: { secure: false, base: '', ...expected } });
});

test.each([
  [{ ssid: '' }, 'ssid'],
  [{ token: '' }, 'token'],
  [{ collector: 'https://pi.local' }, 'certificate'],
  [{ collector: 'https://pi.local', certificate: 'no base64!' }, 'certificate'],
  [{ collector: 'https://pi.local', certificate: 'MIIB', platform: 'esp8266' }, 'ESP8266'],
  [{ transport: 'mqtt', mqtt: 'mqtts://pi.local', certificate: 'MIIB', platform: 'esp8266' }, 'ESP8266'],
  [{ collector: 'pi.local' }, 'collector'],
  [{ collector: 'http://pi.local:0' }, 'collector'],
  [{ collector: 'http://pi.local:70000' }, 'collector'],
  [{ transport: 'tcp' }, 'transport'],
  [{ transport: 'mqtt', mqtt: 'http://pi.local' }, 'mqtt'],
  [{ transport: 'mqtt', mqtt: 'mqtt://pi.local/api' }, 'mqtt'],
  [{ device: 'collector' }, 'device'],
  [{ device: 'a b' }, 'device'],
  [{ ssid: 'x'.repeat(33) }, 'ssid'],
  [{ ssid: 'ü'.repeat(17) }, 'ssid'],
  [{ ssid: '漢'.repeat(11) }, 'ssid'],
  [{ ssid: '🌡'.repeat(9) }, 'ssid'],
  [{ password: 'ü'.repeat(33) }, 'password'],
  [{ ssid: 7 }, 'ssid'],
  [{ description: 'x'.repeat(257) }, 'description'],
  [{ period: '0' }, 'period'],
  [{ period: 'hourly' }, 'period'],
  [{ pin: '4.5' }, 'pin'],
  [{ resolution: '13' }, 'resolution'],
  [{ mode: 'solar' }, 'mode'],
  [{ upload_every: '0' }, 'upload_every'],
  [{ battery: 'A0' }, 'battery'],
  [{ full_scale: 'full' }, 'full_scale'],
  [{ led_level: '2' }, 'led_level'],
])('refuses %j and names it', (config, name) => {
  expect(() => readSettings({ ...NEEDED, ...config })).toThrow(name);
});

test.each(['x'.repeat(32), 'ü'.repeat(16), '漢'.repeat(10), '🌡'.repeat(8)])('takes a Wi-Fi of 32 bytes: %s', (ssid) => {
  expect(readSettings({ ...NEEDED, ssid }).ssid).toBe(ssid);
});
