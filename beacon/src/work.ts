// Proof of work: the first counter whose hash, behind the challenge and a colon, begins with enough zero bits.

import { Tail } from "./sha256.ts";

/** A search that goes on where it stopped. */
export class Search {
  readonly #prefix: Uint8Array;
  readonly #bits: number;
  #digits: Uint8Array;
  #tail: Tail;
  tried = 0;

  constructor(challenge: string, bits: number) {
    this.#prefix = new TextEncoder().encode(challenge + ":");
    this.#bits = bits;
    [this.#tail, this.#digits] = this.#lay([ZERO]);
  }

  /** Tries up to `count` counters; the one that will do, if it is among them. */
  run(count: number): string | undefined {
    while (count-- > 0) {
      this.tried++;
      if (Math.clz32(this.#tail.hash()[0]) >= this.#bits) return String.fromCharCode(...this.#digits);
      this.#step();
    }
    return undefined;
  }

  /** Counts on in decimal, in place. */
  #step(): void {
    const digits = this.#digits;
    let place = digits.length - 1;
    while (place >= 0 && digits[place] === NINE) digits[place--] = ZERO;
    if (place >= 0) digits[place]++;
    else [this.#tail, this.#digits] = this.#lay([ONE, ...digits]);
  }

  #lay(digits: number[]): [Tail, Uint8Array] {
    const fixed = this.#prefix.length;
    const tail = new Tail(Uint8Array.from([...this.#prefix, ...digits]), fixed);
    const start = fixed & 63;
    return [tail, tail.bytes.subarray(start, start + digits.length)];
  }
}

const ZERO = 48;
const ONE = 49;
const NINE = 57;
