/** TLS as a device or a browser meets it: a chain of two certificates, of which the authority's is trusted. */
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { connectAsync } from 'mqtt';
import { generate, type SubjectAltNameEntry } from 'selfsigned';
import { expect, onTestFinished, test } from 'vitest';
import { nameOf, readTls } from '../tls.js';
import { certificates } from './certificates.js';
import { MQTT, NOW, start } from './running.js';

const BATCH = {
  device_id: 'dev',
  log: 'a',
  first: 0,
  clock: 'unix',
  time: [NOW - 60_000],
  sensors: { probe: { temp_C: [20] } },
};

test('HTTP and our own broker speak TLS, and nothing else', async () => {
  const { ca, tlsCert, tlsKey } = await certificates();
  const collector = await start({ config: { ...MQTT, tlsCert, tlsKey } });
  expect(collector.url).toMatch(/^https:\/\/127\.0\.0\.1:/);
  const put = request(`${collector.url}/batch/new`, {
    ca,
    method: 'PUT',
    headers: { 'content-type': 'application/json', authorization: 'Bearer robin' },
  });
  put.end(JSON.stringify(BATCH));
  const answer = await new Promise<string>((resolve, reject) =>
    put.on('response', (response) => resolve(text(response))).on('error', reject),
  );
  expect(JSON.parse(answer)).toMatchObject({ next: 1, stored: 1 });
  await expect(fetch(collector.url.replace('https', 'http'))).rejects.toThrow();

  const port = collector.mqttPort;
  const client = await connectAsync(`mqtts://127.0.0.1:${port}`, {
    ca,
    username: 'dev',
    password: 'robin',
    reconnectPeriod: 0,
  });
  onTestFinished(() => void client.end(true));
  await client.publishAsync('thermowell/dev/batch', JSON.stringify({ ...BATCH, first: 1, time: [NOW] }), { qos: 1 });
  expect((await client.subscribeAsync('thermowell/dev/reply')).length).toBe(1);
  await expect(
    connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0, connectTimeout: 500 }, false),
  ).rejects.toThrow();
});

/** What a certificate made out to these names has to be asked for by. */
async function nameFor(...altNames: SubjectAltNameEntry[]): Promise<string | null> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'x' }], {
    keySize: 2048,
    extensions: altNames.length > 0 ? [{ name: 'subjectAltName', altNames }] : [],
  });
  return nameOf({ cert: Buffer.from(cert), key: Buffer.from(key) });
}

test('the name to ask for is one that the certificate is made out to: a host, else an address', async () => {
  const [wild, host] = ['*.example.org', 'pi.home'].map((value) => ({ type: 2, value }) as const);
  const address = { type: 7, ip: '192.168.1.5' } as const;
  expect(await nameFor(address, wild!, host!)).toBe('pi.home');
  expect(await nameFor(wild!)).toBe('thermowell.example.org');
  expect(await nameFor({ type: 7, ip: '::1' }, address)).toBe('192.168.1.5');
  expect(await nameFor({ type: 7, ip: '::1' })).toBeNull();
});

test('a missing file and a wrong one are named', async () => {
  const { tlsCert, tlsKey } = await certificates();
  expect(readTls({ tlsCert: null, tlsKey: null })).toBeNull();
  expect(() => readTls({ tlsCert: `${tlsCert}.gone`, tlsKey })).toThrow('cert.pem.gone');
  expect(() => readTls({ tlsCert: tlsKey, tlsKey })).toThrow('are no certificate and its key');
});
