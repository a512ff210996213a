// The Worker with a core whose only effect is one more header on the response.
import module from "../../dist/outwork.wasm";
import bundle from "../../dist/policy.bundle";
import { outwork } from "../../shell/host.js";

const EFFECTS = new TextEncoder().encode("0\n0\n\n0\n1\nset-cookie\n__Host-outwork=1; Secure; Path=/\n");

function instantiate() {
  const memory = new WebAssembly.Memory({ initial: 2 });
  new Uint8Array(memory.buffer).set(EFFECTS);
  return {
    memory,
    outwork_reserve: () => EFFECTS.length,
    outwork_output: () => 0,
    outwork_load: () => 0,
    outwork_unbound: () => 0,
    outwork_decide: () => EFFECTS.length,
    outwork_fault: () => 0,
  };
}

export default outwork({ module, bundle, instantiate });
