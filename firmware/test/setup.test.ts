import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readSettings } from '../settings.js';
import { Button } from '../setup/button.js';
import { answerDns } from '../setup/dns.js';
import { parseForm } from '../setup/form.js';
import { donePage, formPage } from '../setup/page.js';
import { Portal } from '../setup/portal.js';
import { forget, readStored, store } from '../setup/stored.js';
import { VirtualClock } from '../../tools/simulator/clock.js';

/** Notes as NVS keeps them. */
function notebook(first: Record<string, string> = {}): {
  get(n: string): string | null;
  set(n: string, t: string): void;
} {
  const notes = new Map(Object.entries(first));
  return { get: (name) => notes.get(name) ?? null, set: (name, text) => void notes.set(name, text) };
}

/** A packet that asks for an address. */
function question(name: string, type = 1): Uint8Array {
  const labels = name.split('.').flatMap((label) => [label.length, ...new TextEncoder().encode(label)]);
  return Uint8Array.from([0x12, 0x34, 0x01, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...labels, 0, 0, type, 0, 1]);
}

function openPortal(networks = ['Home 2']): {
  portal: Portal;
  notes: ReturnType<typeof notebook>;
  clock: VirtualClock;
  restarts: () => number;
} {
  const notes = notebook();
  const clock = new VirtualClock(0);
  let restarts = 0;
  const restart = (): void => void restarts++;
  const portal = new Portal({ networks, notes, check: readSettings, timers: clock, restart });
  return { portal, notes, clock, restarts: () => restarts };
}

describe('parseForm()', () => {
  test('reads what a browser writes, whatever was typed', () => {
    const texts = fc.string({ unit: 'grapheme', maxLength: 30 });
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), texts), (fields) => {
        expect(parseForm(new URLSearchParams(fields).toString())).toEqual({ ...fields });
      }),
    );
  });

  test('takes half a form for what it is', () => {
    expect(parseForm('a=1&b&=2&&c=%zz&d=%e2%82&a=3=4')).toEqual({ a: '3=4', b: '', c: '%zz', d: '%e2%82' });
    expect(parseForm('')).toEqual({});
  });
});

describe('answerDns()', () => {
  test('leads every name to the device', () => {
    const asked = question('captive.apple.com');
    const answer = answerDns(asked, '192.168.4.1')!;
    expect([...answer.subarray(0, 12)]).toEqual([0x12, 0x34, 0x85, 0x80, 0, 1, 0, 1, 0, 0, 0, 0]);
    expect([...answer.subarray(12, asked.length)]).toEqual([...asked.subarray(12)]);
    expect([...answer.subarray(asked.length)]).toEqual([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, 192, 168, 4, 1]);
  });

  test('has nothing to say about IPv6, but says so', () => {
    const asked = question('example.com', 28);
    expect(answerDns(asked, '192.168.4.1')).toHaveLength(asked.length);
    expect(answerDns(asked, '192.168.4.1')![7]).toBe(0);
  });

  test('leaves out what follows the question', () => {
    const asked = Uint8Array.from([...question('a.b'), 0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0]);
    asked[11] = 1;
    expect(answerDns(asked, '10.0.0.1')).toHaveLength(question('a.b').length + 16);
    expect(answerDns(asked, '10.0.0.1')![11]).toBe(0);
  });

  test('answers no answer, no half packet, and throws at nothing', () => {
    const asked = question('example.com');
    for (let length = 0; length < asked.length; length++)
      expect(answerDns(asked.subarray(0, length), '1.2.3.4')).toBeNull();
    expect(answerDns(answerDns(asked, '1.2.3.4')!, '1.2.3.4')).toBeNull();
    fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => void answerDns(bytes, '1.2.3.4')));
    fc.assert(
      fc.property(fc.nat(asked.length - 1), fc.nat(255), (at, byte) => {
        answerDns(asked.with(at, byte), '1.2.3.4');
      }),
    );
  });
});

describe('the page', () => {
  test('offers the networks in reach, and shows what was typed, the password apart', () => {
    const typed = { ssid: 'Home', password: 'secret', token: 'abc' };
    const html = formPage({ networks: ['Home', 'Attic'], typed, wrong: 'collector is missing' });
    for (const part of ['<option value="Attic">', 'value="abc"', 'collector is missing']) expect(html).toContain(part);
    expect(html).not.toContain('secret');
  });

  test('takes a name for text, not for a page', () => {
    const evil = '"><script>alert(1)</script>&';
    for (const html of [formPage({ networks: [evil], typed: { ssid: evil }, wrong: evil }), donePage(evil)]) {
      expect(html).not.toContain('<script');
      expect(html).toContain('&lt;script');
    }
  });

  test('is short enough for a chip to hold', () => {
    const networks = Array.from({ length: 20 }, (_, i) => `a network with a long name ${i}`);
    expect(formPage({ networks, typed: {}, wrong: '' }).length).toBeLessThan(4000);
  });
});

describe('the portal', () => {
  const FORM = 'ssid=Home+2&password=+p%26q+&collector=http%3A%2F%2F192.168.1.5%3A8080&token=+abc+&description=&more=1';

  test('answers with the form until one comes that makes sense, stores that and starts anew', async () => {
    const { portal, notes, clock, restarts } = openPortal();
    expect(portal.answer('GET', '')).toMatchObject({ status: 200, html: expect.stringContaining('<form') });
    expect(portal.answer('POST', FORM)).toMatchObject({ status: 200, html: expect.stringContaining('joins Home 2') });
    const stored = { ssid: 'Home 2', password: ' p&q ', collector: 'http://192.168.1.5:8080', token: 'abc' };
    expect(readStored(notes)).toEqual(stored);
    expect(restarts()).toBe(0);
    await clock.run(5000);
    expect(restarts()).toBe(1);
  });

  test('takes a network in reach by the name it has, spaces and all', () => {
    for (const [typed, ssid] of [
      [' Attic ', ' Attic '],
      [' Home 2 ', 'Home 2'],
    ] as const) {
      const { portal, notes } = openPortal(['Home 2', ' Attic ']);
      portal.answer('POST', new URLSearchParams({ ssid: typed, token: 'abc' }).toString());
      expect(readStored(notes)).toEqual({ ssid, token: 'abc' });
    }
  });

  test.each([
    ['', 'ssid'],
    [FORM.replace('http%3A', 'ftp%3A'), 'collector'],
    [FORM.replace('Home', 'H'.repeat(40)), 'ssid'],
    [null, '2048'],
  ])('says what is wrong and stores nothing: %s', async (form, word) => {
    const { portal, notes, clock, restarts } = openPortal();
    const { status, html } = portal.answer('POST', form);
    expect([status, html.includes('<form')]).toEqual([400, true]);
    expect(/role="alert">([^<]*)/.exec(html)![1]).toContain(word);
    await clock.run(60_000);
    expect([readStored(notes), restarts()]).toEqual([{}, 0]);
  });
});

test('stored settings win over those built in, and are gone once forgotten', () => {
  const notes = notebook();
  const built = { ssid: 'Old', collector: 'http://a', token: 't' };
  store(notes, { ssid: 'New' });
  expect(readSettings({ ...built, ...readStored(notes) })).toMatchObject({ ssid: 'New', token: 't' });
  forget(notes);
  expect(readSettings({ ...built, ...readStored(notes) }).ssid).toBe('Old');
});

test('a note that is damaged counts as none', () => {
  for (const text of ['', '{', '[]', '7', 'null', '{"ssid":7}'])
    expect(readStored(notebook({ settings: text }))).toEqual({});
});

test('a button counts as held once, after being pressed for the whole time', async () => {
  const clock = new VirtualClock(0);
  let down = false;
  let held = 0;
  const button = new Button({ timers: clock, pressed: () => down, holdMs: 5000, onHeld: () => held++ });
  button.open();
  down = true;
  await clock.run(4500);
  down = false;
  await clock.run(4800);
  down = true;
  await clock.run(9500);
  expect(held).toBe(0);
  await clock.run(30_000);
  expect(held).toBe(1);
  button.close();
  down = false;
  await clock.run(60_000);
  expect(held).toBe(1);
});
