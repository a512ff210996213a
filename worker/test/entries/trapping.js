// The Worker with a core that really traps when a request has the header `x-trap`: it is asked for more memory than there is.
import module from "../../dist/outwork.wasm";
import bundle from "../../dist/policy.bundle";
import { outwork } from "../../shell/host.js";

const TOO_MUCH = 0xffffffff;

export function instantiate(module) {
  const core = new WebAssembly.Instance(module, {}).exports;
  let input = 0;
  return {
    ...core,
    outwork_reserve: (length) => (input = core.outwork_reserve(length)),
    outwork_decide(length) {
      const text = new TextDecoder().decode(new Uint8Array(core.memory.buffer, input, length));
      if (text.includes("\nx-trap\n")) core.outwork_reserve(TOO_MUCH);
      return core.outwork_decide(length);
    },
  };
}

export default outwork({ module, bundle, instantiate });
