import { factsOf } from "./facts.js";
import { Question } from "./question.js";
import { Instance } from "./wasm.js";

/** @typedef {(module: WebAssembly.Module) => import("./wasm.js").Exports} Instantiate */

/** Random bytes that stand before the facts; as `ENTROPY` in `worker/src/request.rs`. */
const RANDOM = 16;
/** Room for the facts of a usual request; a larger one makes the core reserve more. */
const ROOM = 16 * 1024;

const encoder = new TextEncoder();
const NOTHING = new Uint8Array(0);

/** The policy could not be loaded. It will not get better in this isolate. */
export class LoadError extends Error {}

/** One instance of the core, with its policy loaded. Everything in it is synchronous. */
export class Core {
  #instance;
  #input = NOTHING;
  #random = NOTHING;
  #facts = NOTHING;

  /**
   * @param {import("./wasm.js").Exports} wasm
   * @param {import("./settings.js").Settings} settings
   * @param {ArrayBuffer} bundle
   */
  constructor(wasm, settings, bundle) {
    this.#instance = new Instance(wasm);
    const parts = [encoder.encode(settings.keys), encoder.encode(settings.limits.bindings), new Uint8Array(bundle)];
    this.#fill(parts);
    const [keys, bindings, policy] = parts.map((part) => part.length);
    const fault = this.#instance.text((wasm) => wasm.outwork_load(keys, bindings, policy));
    if (fault !== "") throw new LoadError(fault);
    this.#reserve(ROOM);
  }

  /** The ids of the global limits that no binding holds, and the names of the Rate Limiting bindings that hold no limit. */
  unbound() {
    const lines = this.#instance.text((wasm) => wasm.outwork_unbound()).split("\n").map((line) => line.split(" "));
    /** @param {string} wanted */
    const of = (wanted) => lines.filter(([kind]) => kind === wanted).map(([, name]) => name);
    return { limits: of("limit"), bindings: of("binding") };
  }

  /**
   * What to do with `request`, as the lines that `effects.js` reads, or what to ask first.
   *
   * @param {Request} request
   * @param {string} url  As `addressOf` has it.
   * @returns {string | Question}
   */
  decide(request, url) {
    const length = this.#write(factsOf(request, url, Date.now()));
    const text = this.#instance.text((wasm) => wasm.outwork_decide(length));
    // What it was asked is still there, and has to be the same when it is asked again.
    return Question.is(text) ? new Question(text, this.#instance.written(length), NOTHING) : text;
  }

  /**
   * What to answer `request`, whose body the core asked for.
   *
   * @param {Request} request
   * @param {string} url
   * @param {Uint8Array} body
   * @param {string} known  What the core said that it knows.
   * @returns {string | Question}
   */
  finish(request, url, body, known) {
    const random = crypto.getRandomValues(new Uint8Array(RANDOM));
    const facts = encoder.encode(factsOf(request, url, Date.now()));
    const told = encoder.encode(known);
    this.#fill([random, facts, body, told]);
    const length = RANDOM + facts.length;
    const text = this.#instance.text((wasm) => wasm.outwork_finish(length, body.length, told.length));
    const answer = Question.is(text) ? new Question(text, this.#instance.written(length), body) : text;
    this.#reserve(ROOM);
    return answer;
  }

  /**
   * What to do with a request, now that its global limits are known.
   *
   * @param {Question} question
   * @param {string} answers
   * @returns {string}
   */
  settle({ facts, body }, answers) {
    const told = encoder.encode(answers);
    this.#fill([facts, body, told]);
    const effects = this.#instance.text((wasm) => wasm.outwork_settle(facts.length, body.length, told.length));
    this.#reserve(ROOM);
    return effects;
  }

  /**
   * The reference and the record of a request that ended before it was decided about; no record where the policy keeps none.
   *
   * @param {Request} request
   * @param {string} url
   * @param {number} since  When it came.
   * @param {number} status  What it is answered.
   * @param {string} why
   * @returns {{ reference: string, record: string }}
   */
  undecided(request, url, since, status, why) {
    const random = crypto.getRandomValues(new Uint8Array(RANDOM));
    const [facts, end] = [factsOf(request, url, since), `${status}\n${why}`].map((text) => encoder.encode(text));
    this.#fill([random, facts, end]);
    const text = this.#instance.text((wasm) => wasm.outwork_undecided(RANDOM + facts.length, end.length));
    this.#reserve(ROOM);
    const [reference, record] = text.split("\n");
    return { reference, record };
  }

  /**
   * The directories of agents that are to be fetched now: whether anything is known of each, and its URL.
   *
   * @returns {[string, string][]}
   */
  due() {
    const now = encoder.encode(String(Date.now()));
    this.#fill([now]);
    const text = this.#instance.text((wasm) => wasm.outwork_due(now.length));
    this.#reserve(ROOM);
    return text.split("\n").filter((line) => line !== "").map((line) => /** @type {[string, string]} */ (line.split(" ", 2)));
  }

  /**
   * What came of fetching a directory.
   *
   * @param {import("./directories.js").Fetched} fetched
   * @returns {string}
   */
  fetched({ at, url, status, type, control, retry, body }) {
    const [random] = crypto.getRandomValues(new Uint8Array(1));
    const told = encoder.encode([at, random, url, status, type, control, retry].join("\n"));
    this.#fill([told, body]);
    const result = this.#instance.text((wasm) => wasm.outwork_fetched(told.length, body.length));
    this.#reserve(ROOM);
    return result;
  }

  /** @param {string} facts */
  #write(facts) {
    // A detached view has no length: the core's memory has grown since the last request.
    if (this.#facts.length === 0) this.#reserve(ROOM);
    let done = encoder.encodeInto(facts, this.#facts);
    if (done.read < facts.length) {
      this.#reserve(RANDOM + 3 * facts.length);
      done = encoder.encodeInto(facts, this.#facts);
    }
    crypto.getRandomValues(this.#random);
    return RANDOM + done.written;
  }

  /**
   * Makes the input of these parts, one after another.
   *
   * @param {Uint8Array[]} parts
   */
  #fill(parts) {
    this.#reserve(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      this.#input.set(part, at);
      at += part.length;
    }
  }

  /** @param {number} length */
  #reserve(length) {
    this.#input = this.#instance.reserve(length);
    this.#random = this.#input.subarray(0, RANDOM);
    this.#facts = this.#input.subarray(RANDOM);
  }
}
