// What both middlewares are told, and what they do with it.

import { Refusal, Verifier } from "./evidence.js";
import { keysFromEnvironment, parseKeys } from "./keys.js";

const SAFE = new Set(["GET", "HEAD", "OPTIONS", "TRACE"]);

/** A gate with these settings: `check` gives the outcome of a request or throws the `Refusal` that it ends with. */
export class Gate {
  constructor({ keys, replay, once = "unsafe", onMissing = "refuse", observe = false, skew, maxAge, authority, scheme = "https", target, maxBody = 1024 * 1024, clock = () => Date.now() / 1_000, log = console.warn, ...unknown } = {}) {
    for (const name of Object.keys(unknown)) throw new TypeError(`\`${name}\` is no setting`);
    one("replay", replay, typeof replay?.first === "function" || replay === "none", "a cache such as `new MemoryReplayCache()`, or \"none\"");
    one("onMissing", onMissing, ["refuse", "pass"].includes(onMissing), '"refuse" or "pass"');
    one("once", once, ["unsafe", "all"].includes(once), '"unsafe" or "all"');
    one("scheme", scheme, ["https", "http", "forwarded"].includes(scheme), '"https", "http" or "forwarded"');
    const known = typeof keys === "string" ? parseKeys(keys) : keys ?? keysFromEnvironment();
    this.verifier = new Verifier(known, { skew, maxAge, authority });
    Object.assign(this, { replay, once, onMissing, observe, scheme, target, maxBody, clock, log });
  }

  /** `read` gives the body, of at most so many bytes, and is asked only where the body is bound. */
  async check(arrived, read) {
    try {
      return { state: "verified", risk: await this.#verified(arrived, read) };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return this.#refused(error, arrived);
    }
  }

  /** The client's scheme, with what `X-Forwarded-Proto` says. */
  clientScheme(forwarded) {
    const named = this.scheme === "forwarded" ? String(forwarded ?? "").trim().toLowerCase() : this.scheme;
    return named === "http" ? "http" : "https";
  }

  async #verified(arrived, read) {
    const head = this.verifier.head(arrived, this.clock());
    if (head.digest !== null) head.checkBody(await read(this.maxBody));
    if (this.#asksOnce(head, arrived) && !(await this.#isFirst(head))) throw new Refusal("replayed", "the request was here before");
    return head.risk;
  }

  #asksOnce({ risk }, { method }) {
    return this.replay !== "none" && (this.once === "all" || risk.transaction !== null || !SAFE.has(method));
  }

  async #isFirst({ nonce, until }) {
    try {
      return (await this.replay.first(nonce, until)) === true;
    } catch (error) {
      throw new Refusal("unavailable", `the replay cache does not answer: ${error.message}`);
    }
  }

  #refused(refusal, arrived) {
    // What was read of a body that is too large is gone, and one that broke off is no body.
    const passes = (this.observe && refusal.reason !== "too-large" && refusal.reason !== "broken") || (refusal.reason === "missing" && this.onMissing === "pass");
    this.log(`outwork: ${passes ? "no valid" : "refused:"} evidence of ${arrived.method} ${arrived.target.split("?", 1)[0]}: ${refusal.reason}: ${refusal.message}`);
    if (!passes) throw refusal;
    return refusal.reason === "missing" ? { state: "missing" } : { state: "refused", reason: refusal.reason, detail: refusal.message };
  }
}

function one(name, value, fits, wanted) {
  if (!fits) throw new TypeError(`\`${name}\` is ${wanted}, not \`${value}\``);
}
