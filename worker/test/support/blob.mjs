// What the page's script sends, version 1, written once more: little-endian, varints are LEB128, the MAC is SipHash-2-4 with 128 bits out.

const MASK = (1n << 64n) - 1n;

/** One batch of straight moves, 16 ms apart. */
export function batchOf({ key, sequence, moves = 120, clock = Date.now() }) {
  const head = Buffer.alloc(13);
  head.writeUInt8(1, 0);
  head.writeUInt16LE(0, 1);
  head.writeUInt32LE(sequence, 3);
  head.writeUIntLE(clock, 7, 6);
  const events = Array.from({ length: moves }, () => Buffer.from([0, 16, 16, 6]));
  const said = Buffer.concat([head, Buffer.from([moves]), ...events]);
  return Buffer.concat([said, siphash128(key, said)]);
}

/** SipHash-2-4-128 of `text` under a key of 16 bytes. */
export function siphash128(key, text) {
  const [k0, k1] = [key.readBigUInt64LE(0), key.readBigUInt64LE(8)];
  const state = [k0 ^ 0x736f6d6570736575n, k1 ^ 0x646f72616e646f6dn ^ 0xeen, k0 ^ 0x6c7967656e657261n, k1 ^ 0x7465646279746573n];
  const padded = Buffer.concat([text, Buffer.alloc(7 - (text.length % 8)), Buffer.from([text.length & 0xff])]);
  for (let at = 0; at < padded.length; at += 8) {
    const word = padded.readBigUInt64LE(at);
    state[3] ^= word;
    rounds(state, 2);
    state[0] ^= word;
  }
  const out = Buffer.alloc(16);
  state[2] ^= 0xeen;
  rounds(state, 4);
  out.writeBigUInt64LE(state[0] ^ state[1] ^ state[2] ^ state[3], 0);
  state[1] ^= 0xddn;
  rounds(state, 4);
  out.writeBigUInt64LE(state[0] ^ state[1] ^ state[2] ^ state[3], 8);
  return out;
}

function rounds(state, count) {
  let [a, b, c, d] = state;
  const turn = (word, bits) => ((word << bits) | (word >> (64n - bits))) & MASK;
  for (let round = 0; round < count; round += 1) {
    a = (a + b) & MASK;
    b = turn(b, 13n) ^ a;
    a = turn(a, 32n);
    c = (c + d) & MASK;
    d = turn(d, 16n) ^ c;
    a = (a + d) & MASK;
    d = turn(d, 21n) ^ a;
    c = (c + b) & MASK;
    b = turn(b, 17n) ^ c;
    c = turn(c, 32n);
  }
  state.splice(0, 4, a, b, c, d);
}
