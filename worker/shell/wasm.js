/**
 * @typedef {object} Exports  What `worker/src/abi.rs` exports.
 * @property {WebAssembly.Memory} memory
 * @property {(length: number) => number} outwork_reserve
 * @property {() => number} outwork_output
 * @property {(keys: number, bindings: number, bundle: number) => number} outwork_load
 * @property {() => number} outwork_unbound
 * @property {(length: number) => number} outwork_decide
 * @property {(length: number, body: number, known: number) => number} outwork_finish
 * @property {(length: number, body: number, answers: number) => number} outwork_settle
 * @property {(length: number, end: number) => number} outwork_undecided
 * @property {(length: number) => number} outwork_due
 * @property {(length: number, body: number) => number} outwork_fetched
 * @property {(length: number) => number} outwork_step
 * @property {() => number} outwork_fault
 */

const decoder = new TextDecoder();

/** The core stopped half-way. Its message says where. */
export class TrapError extends Error {}

/** One instance of the module: its two buffers, and what it says when it stops. */
export class Instance {
  /** @type {Exports} */
  #exports;
  #start = 0;

  /** @param {Exports} exports */
  constructor(exports) {
    this.#exports = exports;
  }

  /**
   * Room for input. The view has no length once the module's memory has grown.
   *
   * @param {number} length
   */
  reserve(length) {
    this.#start = this.call((wasm) => wasm.outwork_reserve(length));
    return new Uint8Array(this.#exports.memory.buffer, this.#start, length);
  }

  /**
   * A copy of what was written into the room that was reserved last; also when the module's memory has grown since.
   *
   * @param {number} length
   */
  written(length) {
    return new Uint8Array(this.#exports.memory.buffer, this.#start, length).slice();
  }

  /**
   * Calls the module, which writes `length` bytes of output.
   *
   * @param {(wasm: Exports) => number} call
   */
  text(call) {
    const length = this.call(call);
    return decoder.decode(new Uint8Array(this.#exports.memory.buffer, this.#exports.outwork_output(), length));
  }

  /** @param {(wasm: Exports) => number} call */
  call(call) {
    try {
      return call(this.#exports);
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
      const memory = new Uint8Array(this.#exports.memory.buffer);
      const start = this.#exports.outwork_fault();
      return decoder.decode(memory.subarray(start, memory.indexOf(0, start))) || String(error);
    } catch {
      return String(error);
    }
  }
}
