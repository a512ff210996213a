// SHA-256 (FIPS 180-4) for proof of work: many messages that differ only in their last bytes. The blocks before them are hashed
// once. crypto.subtle answers one message a promise, which takes Chromium seven
// times as long (docs/beacon.md has the measurement).

const PRIMES = primes(64);
const K = Int32Array.from(PRIMES, (prime) => fraction(Math.cbrt(prime)));
const INITIAL = Int32Array.from(PRIMES.slice(0, 8), (prime) => fraction(Math.sqrt(prime)));
const w = new Int32Array(64);

/** Messages that begin alike: the hash goes on from what they share. */
export class Tail {
  readonly #start = INITIAL.slice();
  readonly #state = new Int32Array(8);
  readonly #view: DataView;
  readonly #blocks: number;

  /** `message` is the whole first message; its bytes before `fixed` never change, those after it may be written over in `bytes`. */
  constructor(message: Uint8Array, fixed: number) {
    const shared = fixed & ~63;
    const padded = new Uint8Array(((message.length + 8) & ~63) + 64);
    padded.set(message);
    padded[message.length] = 0x80;
    new DataView(padded.buffer).setUint32(padded.length - 4, message.length * 8);
    const all = new DataView(padded.buffer);
    for (let place = 0; place < shared; place += 64) compress(this.#start, all, place);
    this.bytes = padded.subarray(shared);
    this.#view = new DataView(padded.buffer, shared);
    this.#blocks = padded.length - shared;
  }

  /** The message from its last whole block that never changes. */
  readonly bytes: Uint8Array;

  /** The hash of the message as it is now. The array is used again. */
  hash(): Int32Array {
    this.#state.set(this.#start);
    for (let place = 0; place < this.#blocks; place += 64) compress(this.#state, this.#view, place);
    return this.#state;
  }
}

function compress(state: Int32Array, block: DataView, place: number): void {
  for (let i = 0; i < 16; i++) w[i] = block.getInt32(place + 4 * i);
  for (let i = 16; i < 64; i++) {
    const x = w[i - 15];
    const y = w[i - 2];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[i] = (w[i - 16] + s0 + w[i - 7] + s1) | 0;
  }
  let [a, b, c, d, e, f, g, h] = [state[0], state[1], state[2], state[3], state[4], state[5], state[6], state[7]];
  for (let i = 0; i < 64; i++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
  state[5] += f;
  state[6] += g;
  state[7] += h;
}

/** The first 32 bits of the fraction: the standard's constants are such roots of primes. */
function fraction(root: number): number {
  return ((root - Math.floor(root)) * 2 ** 32) | 0;
}

function primes(count: number): number[] {
  const found: number[] = [];
  for (let one = 2; found.length < count; one++) if (found.every((prime) => one % prime)) found.push(one);
  return found;
}
