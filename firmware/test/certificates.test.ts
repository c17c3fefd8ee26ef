/** Whom TLS believes, with true certificates; the SDK's crypto is Node's here (sdk/), and its own in `firmware:lin tls`. */
import { X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import Certificates from '../tls/certificates.js';
import { Authority } from './lin/certificates.mjs';

const DAY = 86_400_000;

describe.each(['rsa', 'ec'] as const)('a certificate with a key of %s', (keys) => {
  let home: Authority;

  beforeAll(async () => {
    home = await Authority.make(keys);
  });

  test('is believed for the name and the IPv4 address that it is for', async () => {
    expect(verify(home, [await leaf(home, '192.168.1.5')], '192.168.1.5')).toBe(true);
    expect(verify(home, [await leaf(home, 'pi.home')], 'PI.home')).toBe(true);
    expect(verify(home, [await leaf(home, '*.home')], 'pi.home')).toBe(true);
  });

  test('is for no other name', async () => {
    const whose = await leaf(home, 'pi.home');
    for (const name of ['pi2.home', 'home', 'pi.home.org', '192.168.1.5'])
      expect(() => verify(home, [whose], name)).toThrow('for another name');
    const wild = await leaf(home, '*.home');
    for (const name of ['home', 'a.pi.home', 'home.org'])
      expect(() => verify(home, [wild], name)).toThrow('for another name');
    const numbered = await leaf(home, '192.168.1.5');
    expect(() => verify(home, [numbered], '192.168.1.6')).toThrow('for another name');
    expect(() => verify(home, [], 'pi.home')).toThrow('for another name');
  });

  test('is for nobody where it names nobody, whatever its common name says', async () => {
    const { certificate } = await home.authorize();
    expect(() => verify(home, [der(certificate)], 'Home')).toThrow('for another name');
  });

  test('is of now: not expired, and not of days to come', async () => {
    for (const until of [Date.now() - 1000, Date.now() + 2 * DAY]) {
      const whose = await leaf(home, 'pi.home', new Date(until));
      expect(() => verify(home, [whose], 'pi.home')).toThrow('not of now');
    }
  });

  test("is not believed of an authority that only bears the trusted one's name", async () => {
    const stranger = await Authority.make(keys);
    const whose = await leaf(stranger, 'pi.home');
    expect(() => verify(home, [whose], 'pi.home')).toThrow('another authority');
    expect(() => verify(home, [whose, der(stranger.certificate)], 'pi.home')).toThrow('another authority');
    expect(() => verify(home, [whose, der(home.certificate)], 'pi.home')).toThrow('another authority');
  });

  test('is not believed with a bit of it changed', async () => {
    const whose = await leaf(home, 'pi.home');
    const signature = Uint8Array.from(whose);
    signature[whose.length - 1]! ^= 1;
    // The same name, but another serial number: what is signed is another certificate.
    const serial = Uint8Array.from(whose);
    serial[20]! ^= 1;
    for (const forged of [signature, serial])
      expect(() => verify(home, [forged], 'pi.home')).toThrow('another authority');
  });

  test('is believed of whom the trusted one has made an authority, as long as that one is of now', async () => {
    const between = await home.authorize();
    const whose = await leaf(between, 'pi.home');
    expect(verify(home, [whose, der(between.certificate)], 'pi.home')).toBe(true);
    const expired = await home.authorize({ until: new Date(Date.now() - 1000) });
    const late = await leaf(expired, 'pi.home');
    expect(() => verify(home, [late, der(expired.certificate)], 'pi.home')).toThrow('another authority');
  });

  test('is not believed of one to whom the trusted one gave no more than a certificate', async () => {
    const neighbour = await home.authorize({ cA: false });
    const whose = await leaf(neighbour, 'pi.home');
    expect(() => verify(home, [whose, der(neighbour.certificate)], 'pi.home')).toThrow('another authority');
  });
});

async function leaf(authority: Authority, name: string, until?: Date): Promise<Uint8Array> {
  return der((await authority.sign(name, { leafAlone: true, ...(until && { until }) })).cert);
}

function der(pem: string): Uint8Array {
  return new Uint8Array(new X509Certificate(pem).raw);
}

function verify(trusted: Authority, chain: Uint8Array[], name: string): true {
  const certificate = der(trusted.certificate).buffer as ArrayBuffer;
  return new Certificates({ certificate }).verify(chain, { tls_server_name: name });
}
