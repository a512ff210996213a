import { factsOf } from "./facts.js";

/**
 * @typedef {object} Exports  What `worker/src/abi.rs` exports.
 * @property {WebAssembly.Memory} memory
 * @property {(length: number) => number} outwork_reserve
 * @property {() => number} outwork_output
 * @property {(keys: number, bundle: number) => number} outwork_load
 * @property {(length: number) => number} outwork_decide
 * @property {(length: number, body: number) => number} outwork_finish
 * @property {() => number} outwork_fault
 *
 * @typedef {(module: WebAssembly.Module) => Exports} Instantiate
 */

/** Random bytes that stand before the facts; as `ENTROPY` in `worker/src/request.rs`. */
const RANDOM = 16;
/** Room for the facts of a usual request; a larger one makes the core reserve more. */
const ROOM = 16 * 1024;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The policy could not be loaded. It will not get better in this isolate. */
export class LoadError extends Error {}

/** The core stopped in the middle of a request. Its message says where. */
export class TrapError extends Error {}

/** One instance of the core, with its policy loaded. Everything in it is synchronous. */
export class Core {
  /** @type {Exports} */
  #wasm;
  #input = new Uint8Array(0);
  #random = new Uint8Array(0);
  #facts = new Uint8Array(0);

  /**
   * @param {Exports} wasm
   * @param {string} keys
   * @param {ArrayBuffer} bundle
   */
  constructor(wasm, keys, bundle) {
    this.#wasm = wasm;
    const secret = encoder.encode(keys);
    this.#reserve(secret.length + bundle.byteLength);
    this.#input.set(secret);
    this.#input.set(new Uint8Array(bundle), secret.length);
    const fault = this.#call(() => wasm.outwork_load(secret.length, bundle.byteLength));
    if (fault > 0) throw new LoadError(this.#output(fault));
    this.#reserve(ROOM);
  }

  /**
   * What to do with `request`, as the lines that `effects.js` reads.
   *
   * @param {Request} request
   * @returns {string}
   */
  decide(request) {
    const length = this.#write(factsOf(request, Date.now()));
    try {
      return this.#output(this.#wasm.outwork_decide(length));
    } catch (error) {
      throw new TrapError(this.#fault(error));
    }
  }

  /**
   * What to answer `request`, whose body the core asked for.
   *
   * @param {Request} request
   * @param {Uint8Array} body
   * @returns {string}
   */
  finish(request, body) {
    const facts = encoder.encode(factsOf(request, Date.now()));
    const length = RANDOM + facts.length;
    this.#reserve(length + body.length);
    crypto.getRandomValues(this.#random);
    this.#input.set(facts, RANDOM);
    this.#input.set(body, length);
    const effects = this.#output(this.#call(() => this.#wasm.outwork_finish(length, body.length)));
    this.#reserve(ROOM);
    return effects;
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

  /** @param {number} length */
  #reserve(length) {
    const start = this.#call(() => this.#wasm.outwork_reserve(length));
    this.#input = new Uint8Array(this.#wasm.memory.buffer, start, length);
    this.#random = this.#input.subarray(0, RANDOM);
    this.#facts = this.#input.subarray(RANDOM);
  }

  /** @param {number} length */
  #output(length) {
    return decoder.decode(new Uint8Array(this.#wasm.memory.buffer, this.#wasm.outwork_output(), length));
  }

  /** @param {() => number} call */
  #call(call) {
    try {
      return call();
    } catch (error) {
      throw new TrapError(this.#fault(error));
    }
  }

  /**
   * What the core's panic said, or what the runtime did when there was no panic (out of memory, stack overflow).
   *
   * @param {unknown} error
   */
  #fault(error) {
    try {
      const memory = new Uint8Array(this.#wasm.memory.buffer);
      const start = this.#wasm.outwork_fault();
      return decoder.decode(memory.subarray(start, memory.indexOf(0, start))) || String(error);
    } catch {
      return String(error);
    }
  }
}
