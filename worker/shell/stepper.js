import { Instance } from "./wasm.js";

/** Room for a time, a charge and a word; a charge has about 150 characters. */
const ROOM = 1024;

const encoder = new TextEncoder();

/** @type {Instance | null} */
let instance = null;
let input = new Uint8Array(0);

/**
 * Steps one word by the engine's own code. `worker/src/step.rs` is the other side. All objects of an isolate share an instance of
 * the module, which keeps nothing between two steps.
 *
 * @param {WebAssembly.Module} module
 * @param {number} now     Milliseconds since the Unix epoch.
 * @param {string} charge
 * @param {string} word    What is stored; empty for nothing.
 * @returns {{ word: string, until: number, charged: string, refused: boolean } | null} Null where there is no charge to read.
 */
export function stepWith(module, now, charge, word) {
  try {
    const text = step(ready(module), `${now}\n${charge}\n${word}`);
    if (text === "") return null;
    const [next, until, charged, said] = text.split("\n");
    return { word: next, until: Number(until), charged, refused: said === "refused" };
  } catch (error) {
    // Nothing in an instance that stopped half-way can be trusted.
    instance = null;
    throw error;
  }
}

/** @param {WebAssembly.Module} module */
function ready(module) {
  if (instance !== null) return instance;
  input = new Uint8Array(0);
  instance = new Instance(/** @type {any} */ (new WebAssembly.Instance(module, {}).exports));
  return instance;
}

/**
 * @param {Instance} instance
 * @param {string} question
 */
function step(instance, question) {
  if (input.length === 0) input = instance.reserve(ROOM);
  const { read, written } = encoder.encodeInto(question, input);
  return read < question.length ? "" : instance.text((wasm) => wasm.outwork_step(written));
}
