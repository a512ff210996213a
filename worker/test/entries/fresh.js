// The Worker with a core of its own for every request: no case of the corpus pays for what an earlier one spent of a limit.
import module from "../../dist/outwork.wasm";
import bundle from "../../dist/policy.bundle";
import { outwork } from "../../shell/host.js";

export default { fetch: (request, env, context) => outwork({ module, bundle }).fetch(request, env, context) };
