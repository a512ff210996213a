// SipHash-2-4 with 128 bits of output, after Aumasson and Bernstein's paper and its reference code's second output mode.
// 64-bit words are pairs of 32-bit halves: BigInt would take several times as long on the phones that matter.

/** The MAC of `data` under 16 bytes of key: 16 bytes, as the reference writes them. */
export function siphash128(key: Uint8Array, data: Uint8Array): Uint8Array {
  const words = new DataView(key.buffer, key.byteOffset, 16);
  const at = (place: number): number => words.getUint32(place, true);
  // v0 to v3, each low half first. 0xee separates the 128-bit mode from the 64-bit one.
  const v = new Uint32Array([
    at(0) ^ 0x70736575, at(4) ^ 0x736f6d65, at(8) ^ 0x6e646f6d ^ 0xee, at(12) ^ 0x646f7261,
    at(0) ^ 0x6e657261, at(4) ^ 0x6c796765, at(8) ^ 0x79746573, at(12) ^ 0x74656462,
  ]);
  const last = data.length & 7;
  const whole = data.length - last;
  const bytes = new DataView(data.buffer, data.byteOffset, data.length);
  for (let place = 0; place < whole; place += 8) absorb(v, bytes.getUint32(place, true), bytes.getUint32(place + 4, true));
  const tail = new DataView(new ArrayBuffer(8));
  for (let place = 0; place < last; place++) tail.setUint8(place, data[whole + place]);
  tail.setUint8(7, data.length);
  absorb(v, tail.getUint32(0, true), tail.getUint32(4, true));
  v[4] ^= 0xee;
  return squeeze(v);
}

function absorb(v: Uint32Array, low: number, high: number): void {
  v[6] ^= low;
  v[7] ^= high;
  rounds(v, 2);
  v[0] ^= low;
  v[1] ^= high;
}

function squeeze(v: Uint32Array): Uint8Array {
  const out = new DataView(new ArrayBuffer(16));
  for (let half = 0; half < 16; half += 8) {
    rounds(v, 4);
    out.setUint32(half, v[0] ^ v[2] ^ v[4] ^ v[6], true);
    out.setUint32(half + 4, v[1] ^ v[3] ^ v[5] ^ v[7], true);
    v[2] ^= 0xdd;
  }
  return new Uint8Array(out.buffer);
}

function rounds(v: Uint32Array, count: number): void {
  while (count-- > 0) {
    half(v, 0, 2, 13);
    half(v, 4, 6, 16);
    turn(v, 0, 32);
    half(v, 0, 6, 21);
    half(v, 4, 2, 17);
    turn(v, 4, 32);
  }
}

/** a += b; b = b <<< bits; b ^= a. */
function half(v: Uint32Array, a: number, b: number, bits: number): void {
  const low = v[a] + v[b];
  v[a] = low;
  v[a + 1] += v[b + 1] + (low > 0xffffffff ? 1 : 0);
  turn(v, b, bits);
  v[b] ^= v[a];
  v[b + 1] ^= v[a + 1];
}

/** A word turned left by less than 32 bits, or by exactly 32. */
function turn(v: Uint32Array, a: number, bits: number): void {
  const low = v[a];
  const high = v[a + 1];
  const over = bits === 32;
  v[a] = over ? high : (low << bits) | (high >>> (32 - bits));
  v[a + 1] = over ? low : (high << bits) | (low >>> (32 - bits));
}
