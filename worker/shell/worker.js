// The Worker's entry: the core and the policy, as `worker/build` left them in `worker/dist/`.
import module from "../dist/outwork.wasm";
import bundle from "../dist/policy.bundle";
import { outwork } from "./host.js";

export { Limits } from "./limits.js";
export default outwork({ module, bundle });
