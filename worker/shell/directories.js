import { HeldBody } from "./body.js";

/**
 * @typedef {import("./core.js").Core} Core
 * @typedef {import("./settings.js").AgentSettings} AgentSettings
 * @typedef {<Answer>(question: (core: Core) => Answer) => Answer | null} Ask
 * @typedef {{ waitUntil(promise: Promise<unknown>): void }} Context
 *
 * @typedef {object} Fetched
 * @property {number} at         When, in milliseconds.
 * @property {string} url
 * @property {number} status     0 for no answer.
 * @property {string} type
 * @property {string} control
 * @property {string} retry
 * @property {Uint8Array} body
 */

/** As `LARGEST` in `engine/src/directories/mod.rs`. */
const LARGEST = 64 * 1024;
const ACCEPT = "application/http-message-signatures-directory+json, application/jwk-set+json;q=0.9, application/json;q=0.8";
/** As `TAG` in `engine/src/agents/signature/mod.rs`. */
const TAG = '"web-bot-auth"';
/** Milliseconds between looks at what is due. */
const EVERY = 1000;
/** Milliseconds between looks of a request that waits. */
const STEP = 10;
const NOTHING = new Uint8Array(0);

/**
 * Fetches the directories of agents, behind the answers of other requests. Only directories that the policy names are fetched, whatever
 * requests say. A request waits only where it shows a signature of an agent whose directory is on its way for the first time, and not for
 * long: other requests' promises are not awaited, since their ends are theirs.
 */
export class Fetching {
  #looked = 0;
  /**
   * The origins of directories of which nothing is known, and that are on their way; and until when that can be.
   *
   * @type {Map<string, number>}
   */
  #first = new Map();

  /** Whether it is time to look what is due. */
  isDue() {
    const now = Date.now();
    if (Math.abs(now - this.#looked) < EVERY) return false;
    this.#looked = now;
    return true;
  }

  /** There is a new core, which knows nothing. */
  forget() {
    this.#looked = 0;
    this.#first.clear();
  }

  /**
   * Begins to fetch what is due.
   *
   * @param {Context} context
   * @param {AgentSettings} settings
   * @param {Ask} ask
   */
  begin(context, settings, ask) {
    for (const [word, url] of ask((core) => core.due()) ?? []) {
      const { origin } = new URL(url);
      if (word === "first") this.#first.set(origin, Date.now() + settings.fetch);
      const done = fetchOne(url, word === "first", settings, ask).finally(() => this.#first.delete(origin));
      context.waitUntil(done);
    }
  }

  /**
   * Whether a request shows a signature of an agent whose directory is on its way for the first time.
   *
   * @param {Request} request
   */
  concerns(request) {
    return this.#first.size > 0 && (request.headers.get("signature-input")?.includes(TAG) ?? false) && this.#isAwaited(request);
  }

  /**
   * Waits for it, and at most so many milliseconds.
   *
   * @param {Request} request
   * @param {number} timeout
   */
  async wait(request, timeout) {
    for (let waited = 0; waited < timeout && this.#isAwaited(request); waited += STEP) await scheduler.wait(STEP);
  }

  /** @param {Request} request */
  #isAwaited(request) {
    const named = request.headers.get("signature-agent") ?? "";
    return [...this.#first].some(([origin, until]) => named.includes(origin) && Date.now() < until);
  }
}

/**
 * Fetches one directory, and tells the core. An isolate that knows nothing of it asks its neighbours first, by the cache of the place.
 *
 * @param {string} url
 * @param {boolean} isFirst
 * @param {AgentSettings} settings
 * @param {Ask} ask
 */
async function fetchOne(url, isFirst, settings, ask) {
  const kept = isFirst ? await recall(url) : null;
  if (kept !== null && ask((core) => core.fetched(kept)) === "ok") return;
  const fetched = await fetchFrom(url, settings.fetch);
  const result = ask((core) => core.fetched(fetched));
  if (result === "ok") await keep(fetched);
  else console.error(JSON.stringify({ outwork: "directory-not-fetched", url, result }));
}

/**
 * @param {string} url
 * @param {number} timeout
 * @returns {Promise<Fetched>}
 */
async function fetchFrom(url, timeout) {
  try {
    const headers = { accept: ACCEPT, "user-agent": "outwork" };
    // The signal ends the body, too. Whoever answers with another address is not followed.
    const response = await fetch(url, { headers, redirect: "manual", signal: AbortSignal.timeout(timeout) });
    const body = await bytesOf(response);
    return toldBy(response, url, Date.now(), body);
  } catch {
    // No answer, or none in time: the core counts it, and the log says so.
    return { at: Date.now(), url, status: 0, type: "", control: "", retry: "", body: NOTHING };
  }
}

/**
 * A response's body as far as it is looked at: one byte more than the largest directory has, and nothing of a refusal.
 *
 * @param {Response} response
 */
async function bytesOf(response) {
  const held = await HeldBody.of(response, response.status === 200 ? LARGEST : 0);
  held.drop();
  return held.bytes();
}

/**
 * @param {Response} response
 * @param {string} url
 * @param {number} at
 * @param {Uint8Array} body
 * @returns {Fetched}
 */
function toldBy({ status, headers }, url, at, body) {
  /** @param {string} name */
  const header = (name) => headers.get(name) ?? "";
  return { at, url, status, type: header("content-type"), control: header("cache-control"), retry: header("retry-after"), body };
}

/** Under which a directory is kept: no host of anybody's, so that no request finds it there. @param {string} url */
function place(url) {
  return `https://directories.outwork.invalid/${encodeURIComponent(url)}`;
}

/** When it was fetched. */
const FETCHED = "outwork-fetched";

/**
 * What an isolate of this place has fetched.
 *
 * @param {string} url
 * @returns {Promise<Fetched | null>}
 */
async function recall(url) {
  try {
    const kept = await caches.default.match(place(url));
    if (kept === undefined) return null;
    return toldBy(kept, url, Number(kept.headers.get(FETCHED)), await bytesOf(kept));
  } catch {
    // A host without a cache (`workerd` by itself) knows nothing.
    return null;
  }
}

/** @param {Fetched} fetched */
async function keep({ at, url, type, control, body }) {
  const headers = { "content-type": type, "cache-control": control || "max-age=3600", [FETCHED]: String(at) };
  try {
    await caches.default.put(place(url), new Response(body, { headers }));
  } catch {
    // Without a cache, each isolate fetches for itself.
  }
}
