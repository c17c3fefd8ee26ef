import { expect, test } from 'vitest';
import { readSettings } from '../settings.js';

test('has a default for everything', () => {
  expect(readSettings({})).toEqual({
    ssid: '',
    password: '',
    collector: null,
    token: '',
    device_id: null,
    device_desc: '',
    periodMs: 60_000,
    pin: 4,
    bits: 12,
    ntp: 'pool.ntp.org',
  });
});

test('reads what mcconfig hands over: strings', () => {
  const given = {
    ssid: 'Home',
    password: 'a=b',
    token: 't',
    device: 'cellar',
    description: 'Küche',
    ntp: '192.168.1.1',
  };
  expect(readSettings({ ...given, period: '300', pin: '13', resolution: '9' })).toMatchObject({
    ssid: 'Home',
    password: 'a=b',
    token: 't',
    device_id: 'cellar',
    device_desc: 'Küche',
    periodMs: 300_000,
    pin: 13,
    bits: 9,
    ntp: '192.168.1.1',
  });
});

test.each([
  ['http://192.168.1.5:8080', { host: '192.168.1.5', port: 8080, base: '' }],
  ['http://pi.local', { host: 'pi.local', port: 80, base: '' }],
  ['http://pi.local/api/', { host: 'pi.local', port: 80, base: '/api' }],
])('reads the collector %s', (collector, expected) => {
  expect(readSettings({ collector }).collector).toEqual(expected);
});

test.each([
  [{ collector: 'https://pi.local' }, 'collector'],
  [{ collector: 'pi.local' }, 'collector'],
  [{ collector: 'http://pi.local:0' }, 'collector'],
  [{ collector: 'http://pi.local:70000' }, 'collector'],
  [{ device: 'collector' }, 'device'],
  [{ device: 'a b' }, 'device'],
  [{ ssid: 'x'.repeat(33) }, 'ssid'],
  [{ ssid: 7 }, 'ssid'],
  [{ description: 'x'.repeat(257) }, 'description'],
  [{ period: '0' }, 'period'],
  [{ period: 'hourly' }, 'period'],
  [{ pin: '4.5' }, 'pin'],
  [{ resolution: '13' }, 'resolution'],
])('refuses %j and names it', (config, name) => {
  expect(() => readSettings(config)).toThrow(name);
});
