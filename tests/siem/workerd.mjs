// The corpus through the Worker in a real workerd: `node workerd.mjs BUNDLE` prints the record of each case.
import { cases, requestOf } from "../../worker/test/support/corpus.mjs";
import { KEYS } from "../../worker/test/support/keys.mjs";
import { exchange, startRecorder } from "../../worker/test/support/wire.mjs";
import { startWorkerd } from "../../worker/test/support/workerd.mjs";

const [bundle] = process.argv.slice(2);
const origin = await startRecorder();
const edge = await startWorkerd({ outbound: origin.address, bundle, env: { OUTWORK_KEYS: KEYS } });
try {
  for (const one of cases()) {
    const { line, headers } = requestOf(one);
    await exchange(edge.port, line, headers);
  }
} finally {
  await edge.stop();
  await origin.stop();
}
// Beside records the Worker says what it lacks.
process.stdout.write(edge.lines.filter((line) => /^\{"(time|@timestamp)":/.test(line)).join("\n"));
