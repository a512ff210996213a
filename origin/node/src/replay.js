// Whether a request was here before.

/**
 * For a server of one process: others have a memory of their own, where the same request is new once more.
 *
 * When `capacity` nonces are kept at once, more are refused: to forget one would let it come again. A signature is good for a
 * minute, so this many serve 3,000 requests a second.
 */
export class MemoryReplayCache {
  #known = new Map();
  #sweep = 0;

  constructor(capacity = 200_000, clock = () => Date.now() / 1_000) {
    this.capacity = capacity;
    this.clock = clock;
  }

  /** True once for each `nonce`, which has to be kept until then (seconds since 1970). An exception refuses the request. */
  first(nonce, until) {
    const now = this.clock();
    this.#forget(now);
    if (this.#known.has(nonce)) return false;
    if (this.#known.size >= this.capacity) throw new Error(`${this.capacity} requests are remembered already`);
    this.#known.set(nonce, until);
    return true;
  }

  /** Nonces end about in the order in which they came; what stands behind one that ends later waits for a look at all of them, at most once a second. */
  #forget(now) {
    const all = now >= this.#sweep;
    for (const [nonce, until] of this.#known) {
      if (until < now) this.#known.delete(nonce);
      else if (!all) break;
    }
    if (all) this.#sweep = now + 1;
  }
}
