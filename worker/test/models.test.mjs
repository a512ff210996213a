// What models say of the corpus in a real workerd: of the same features the same probability and contributions, to the last digit.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { cases, requestOf } from "./support/corpus.mjs";
import { KEYS } from "./support/keys.mjs";
import { exchange, startRecorder } from "./support/wire.mjs";
import { ROOT, records, startWorkerd, testBundle } from "./support/workerd.mjs";

const POLICY = "tests/corpus/models";
const said = new Map(
  readFileSync(join(ROOT, POLICY, "said.jsonl"), "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line)).map((one) => [one.id, one.said_on_worker ?? one.said]),
);

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

test("models say of every case what they say natively", async () => {
  const wrong = [];
  let same = 0;
  for (const one of cases()) {
    edge.lines.splice(0);
    const { line, headers } = requestOf(one);
    await exchange(edge.port, line, headers);
    const [record] = await records(edge, 1);
    const { models = null, features = null } = record.unmapped.outwork;
    const native = said.get(one.id);
    // What the edge takes away or joins is not counted: then its models see something else.
    if (!isDeepStrictEqual(features, native.features)) continue;
    same += 1;
    if (!isDeepStrictEqual(models, native.models)) wrong.push({ id: one.id, models, native: native.models });
  }
  assert.deepEqual(wrong, []);
  assert.ok(same > 300, `only ${same} cases have the same features`);
});
