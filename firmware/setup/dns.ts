/**
 * Answers to questions for names (RFC 1035 §4.1) that lead everybody to this device: so that a phone, which asks for
 * some page of its maker's to find out whether it is online, finds ours.
 */
const HEAD_BYTES = 12;
const ANSWER_BYTES = 16;
/** Longest question that is answered: a name has 255 bytes at most, type and class follow. */
const QUESTION_MAX = 255 + 4;
const A = 1;
const IN = 1;
/** Flags: an answer, authoritative; recursion wished for is granted. §4.1.1 */
const ANSWER = 0x8480;
/** The answer's name is that of the question, at byte 12. §4.1.4 */
const SAME_NAME = 0xc000 | HEAD_BYTES;
/** Soon forgotten: in the next network the names lead elsewhere. */
const TTL_S = 1;

/** The answer to a packet with one question; null to anything else. Asked for something else than A, it is an empty one. */
export function answerDns(packet: Uint8Array, address: string): Uint8Array | null {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  if (packet.length < HEAD_BYTES || (view.getUint8(2) & 0xf8) !== 0 || view.getUint16(4) !== 1) return null;
  const end = endOfName(packet);
  if (end === null || end + 4 > packet.length || end + 4 - HEAD_BYTES > QUESTION_MAX) return null;
  const found = view.getUint16(end) === A && view.getUint16(end + 2) === IN;
  const reply = new Uint8Array(end + 4 + (found ? ANSWER_BYTES : 0));
  reply.set(packet.subarray(0, end + 4));
  const out = new DataView(reply.buffer);
  out.setUint16(2, ANSWER | ((view.getUint8(2) & 1) << 8));
  out.setUint16(6, found ? 1 : 0);
  out.setUint16(8, 0);
  out.setUint16(10, 0);
  if (!found) return reply;
  out.setUint16(end + 4, SAME_NAME);
  out.setUint16(end + 6, A);
  out.setUint16(end + 8, IN);
  out.setUint32(end + 10, TTL_S);
  out.setUint16(end + 14, 4);
  reply.set(address.split('.').map(Number), end + 16);
  return reply;
}

/** Where type and class of the question are: after labels, each with its length before it, and an empty one. */
function endOfName(packet: Uint8Array): number | null {
  for (let at = HEAD_BYTES; at < packet.length;) {
    const length = packet[at]!;
    if (length === 0) return at + 1;
    if (length > 63) return null;
    at += 1 + length;
  }
  return null;
}
