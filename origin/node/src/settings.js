// What the middlewares are told, and what they do with it.

import { boolean, callable, names, one, refuseUnknown, whole, word } from "./checks.js";
import { Refusal, Verifier } from "./evidence.js";
import { keysFromEnvironment, parseKeys } from "./keys.js";

const SAFE = ["GET", "HEAD", "OPTIONS", "TRACE"];
const MOST_BODY = 1024 ** 3;

/** A gate with these settings: `check` gives the outcome of a request or throws the `Refusal` that it ends with. */
export class Gate {
  #verifier;

  constructor({ keys, replay, once = "unsafe", onMissing = "refuse", exempt = [], observe = false, skew, maxAge, authority, scheme = "https", target, maxBody = 1024 * 1024, clock = () => Date.now() / 1_000, log = console.warn, ...unknown } = {}) {
    refuseUnknown(unknown);
    this.replay = one("replay", replay, typeof replay?.first === "function" || replay === "none", 'a cache such as `new MemoryReplayCache()`, or "none"');
    this.once = word("once", once, ["unsafe", "all", "transactions"]);
    this.onMissing = word("onMissing", onMissing, ["refuse", "pass"]);
    this.exempt = typeof exempt === "function" ? exempt : exemptPaths(exempt);
    this.observe = boolean("observe", observe);
    this.scheme = word("scheme", scheme, ["https", "http", "forwarded"]);
    this.target = target === undefined ? undefined : callable("target", target);
    this.maxBody = whole("maxBody", maxBody, 1, MOST_BODY);
    this.clock = callable("clock", clock);
    this.log = careful(callable("log", log));
    const known = typeof keys === "string" ? parseKeys(keys) : keys ?? keysFromEnvironment();
    this.#verifier = new Verifier(known, { skew, maxAge, authority });
  }

  /** `read` gives the body, of at most so many bytes, and is asked only where the body is bound. `request` is the host's own. */
  async check(request, arrived, read) {
    try {
      return { state: "verified", risk: await this.#verified(arrived, read) };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return this.#refused(error, arrived, request);
    }
  }

  /** The client's scheme, with what `X-Forwarded-Proto` says. */
  clientScheme(forwarded) {
    const named = this.scheme === "forwarded" ? String(forwarded ?? "").trim().toLowerCase() : this.scheme;
    return named === "http" ? "http" : "https";
  }

  async #verified(arrived, read) {
    const head = this.#verifier.head(arrived, this.clock());
    const risk = head.withBody(head.bindsBody ? await read(this.maxBody) : new Uint8Array());
    if (this.#asksOnce(risk, arrived) && !(await this.#isFirst(risk, head))) throw new Refusal("replayed", "the request was here before: does a proxy retry it?");
    return risk;
  }

  #asksOnce(risk, { method }) {
    if (this.replay === "none") return false;
    return this.once === "all" || risk.transaction !== null || (this.once === "unsafe" && !SAFE.includes(method));
  }

  async #isFirst(risk, { nonce, until }) {
    try {
      const apart = risk.transaction !== null && typeof this.replay.firstTransaction === "function";
      return (await (apart ? this.replay.firstTransaction(nonce, until) : this.replay.first(nonce, until))) === true;
    } catch (error) {
      throw new Refusal("unavailable", `the replay cache does not answer: ${error.message}`);
    }
  }

  #refused(refusal, arrived, request) {
    const missing = refusal.reason === "missing";
    if (missing && this.exempt(request, arrived) === true) return { state: "missing" };
    // What was read of a body that is too large is gone, and one that broke off is no body.
    const passes = (this.observe && refusal.reason !== "too-large" && refusal.reason !== "broken") || (missing && this.onMissing === "pass");
    this.log(`outwork: ${passes ? "no valid" : "refused:"} evidence of ${arrived.method} ${pathOf(arrived)}: ${refusal.reason}: ${refusal.detail}`);
    if (!passes) throw refusal;
    return missing ? { state: "missing" } : { state: "refused", reason: refusal.reason, detail: refusal.detail };
  }
}

/** Exactly these paths as they stand in the request line, of what only reads. */
function exemptPaths(exempt) {
  const paths = names("exempt", exempt);
  one("exempt", paths, paths.every((path) => /^\/[^?*]*$/.test(path)), "a list of whole paths such as `/health`, or a function of the request");
  return (_, arrived) => (arrived.method === "GET" || arrived.method === "HEAD") && paths.includes(pathOf(arrived));
}

/** A log that fails ends no request, and no process. */
function careful(log) {
  return (line) => {
    new Promise((done) => done(log(line))).catch((error) => console.error(`outwork: the log fails: ${error}: ${line}`));
  };
}

function pathOf({ target }) {
  return target.split("?", 1)[0];
}
