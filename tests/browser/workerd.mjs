// The Worker in a real workerd, for tests that are not Node's: `node workerd.mjs ORIGIN BUNDLE`. Prints the port, and ends with its input.
import { KEYS } from "../../worker/test/support/keys.mjs";
import { startWorkerd } from "../../worker/test/support/workerd.mjs";

const [outbound, bundle] = process.argv.slice(2);
const edge = await startWorkerd({ outbound, bundle, env: { OUTWORK_KEYS: KEYS } });
console.log(edge.port);
for await (const _ of process.stdin);
await edge.stop();
process.exit(0);
