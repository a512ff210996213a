// The corpus through a real workerd: verdict, risk, reasons and what the origin is told, as the native engine decides.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { KnownDifferences, cases, expected, outcomeOf, requestOf } from "./support/corpus.mjs";
import { KEYS } from "./support/keys.mjs";
import { exchange, startRecorder } from "./support/wire.mjs";
import { SERVED, records, startWorkerd } from "./support/workerd.mjs";

const corpus = cases();
const known = new KnownDifferences();

let origin, edge;
before(async () => {
  origin = await startRecorder();
  edge = await startWorkerd({
    entry: "test/entries/fresh.js",
    bundle: SERVED,
    outbound: origin.address,
    env: { OUTWORK_KEYS: KEYS, OUTWORK_ON_ERROR: "closed" },
  });
});
after(async () => {
  await edge?.stop();
  await origin?.stop();
});

for (const one of corpus) {
  test(one.id, async () => {
    const wanted = expected(one);
    assert.ok(wanted, "the case has no expectation yet");
    const got = await play(one);
    for (const field of ["verdict", "risk", "reasons", "status", "origin"]) {
      try {
        assert.deepEqual(got[field], wanted[field], field);
      } catch (error) {
        if (!known.covers(one.id, field)) throw error;
      }
    }
  });
}

test("every known difference has a reason and is still there", () => {
  assert.ok(corpus.length >= 150, `only ${corpus.length} cases`);
  assert.deepEqual(known.unexplained(), []);
  assert.deepEqual(known.gone(), [], "these differences are gone: take them out of tests/known-differences.json");
});

async function play(one) {
  edge.lines.splice(0);
  const before = origin.requests.length;
  const { line, headers } = requestOf(one);
  const status = await exchange(edge.port, line, headers);
  const [record] = await records(edge, 1);
  return outcomeOf(record, status, origin.requests[before]);
}
