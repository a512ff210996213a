// Requests with bodies that transactions bind, in a real workerd: as the native engine decides, and with the digest that it takes.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { cases, expected, outcomeOf, requestOf } from "./support/corpus.mjs";
import { KEYS } from "./support/keys.mjs";
import { exchange, startRecorder } from "./support/wire.mjs";
import { ROOT, records, startWorkerd, testBundle } from "./support/workerd.mjs";

const POLICY = "tests/corpus/bodies";

let origin, edge;
before(async () => {
  origin = await startRecorder();
  const env = { OUTWORK_KEYS: KEYS, OUTWORK_ON_ERROR: "closed" };
  edge = await startWorkerd({ entry: "test/entries/fresh.js", bundle: testBundle(POLICY), outbound: origin.address, env });
});
after(async () => {
  await edge?.stop();
  await origin?.stop();
});

for (const one of cases(join(ROOT, POLICY))) {
  test(one.id, async () => {
    edge.lines.splice(0);
    const before = origin.requests.length;
    const { line, headers, body } = requestOf(one);
    const status = await exchange(edge.port, line, headers, body);
    const [record] = await records(edge, 1);
    assert.deepEqual(outcomeOf(record, status, origin.requests[before]), expected(one));
  });
}
