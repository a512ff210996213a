// Whether a request was here before.

import { callable, whole } from "./checks.js";

/**
 * For a server of one process: others have a memory of their own, where the same request is new once more, and so has this one
 * after it was started anew.
 *
 * When `capacity` nonces are kept at once, more are refused: to forget one would let it come again. A signature is good for a
 * minute, so this many serve 3,000 requests a second. Transactions have as much room of their own, which nothing else takes.
 */
export class MemoryReplayCache {
  #others;
  #transactions;

  constructor(capacity = 200_000, clock = () => Date.now() / 1_000) {
    whole("capacity", capacity, 0, 10_000_000);
    callable("clock", clock);
    this.#others = new Room(capacity, clock);
    this.#transactions = new Room(capacity, clock);
  }

  /** True once for each `nonce`, which has to be kept until then (seconds since 1970). An exception refuses the request. */
  first(nonce, until) {
    return this.#others.first(nonce, until);
  }

  /** The same of a transaction. */
  firstTransaction(nonce, until) {
    return this.#transactions.first(nonce, until);
  }
}

class Room {
  #known = new Map();
  #sweep = 0;

  constructor(capacity, clock) {
    this.capacity = capacity;
    this.clock = clock;
  }

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
