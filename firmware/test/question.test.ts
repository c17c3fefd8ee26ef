import { expect, test } from 'vitest';
import Question from '../esp8266/question.js';

const QUESTION = 0;
const A = 1;
const IN = 1;

// RFC 1035 §4.1, written out; the SDK's serializer gives the same bytes.
test.each([
  ['the name server', 0xa45f, 'ntp.example', 'a45f 0100 0001 000000000000 036e7470 076578616d706c65 00 0001 0001'],
  ['the neighbours', 0, 'nas.local', '0000 0100 0001 000000000000 036e6173 056c6f63616c 00 0001 0001'],
  ['a name that ends in a dot', 0xffff, 'nas.', 'ffff 0100 0001 000000000000 036e6173 00 0001 0001'],
])("an ESP8266's question for an address: %s", (_, id, host, bytes) => {
  const question = new Question({ id });
  question.add(QUESTION, host, A, IN);
  expect(Buffer.from(question.build()).toString('hex')).toBe(bytes.replaceAll(' ', ''));
});
