// Requests that end while their bodies are waited for: what they are answered, and the records that say so. In workerd, and for what takes half a minute
// there the shell's handler with the core in Node.
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { mock, test } from "node:test";
import { pointOf } from "../shell/analytics.js";
import { LONGEST } from "../shell/body.js";
import { outwork } from "../shell/host.js";
import { KEYS } from "./support/keys.mjs";
import { startOrigin } from "./support/origin.mjs";
import { ROOT, records, startWorkerd, testBundle } from "./support/workerd.mjs";

const module = new WebAssembly.Module(readFileSync(join(ROOT, "worker/dist/outwork.wasm")));
const HEADERS = { "cf-connecting-ip": "203.0.113.9", "user-agent": "shop-app/1" };

/** A Worker with the policy of transactions, and the records that it leaves. */
function worker() {
  const kept = [];
  const file = readFileSync(testBundle("tests/transactions/policy"));
  const bundle = file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength);
  const handler = outwork({ module, bundle, record: (line) => kept.push(JSON.parse(line)) });
  const waits = [];
  const ask = (request) => handler.fetch(request, { OUTWORK_KEYS: KEYS }, { waitUntil: (promise) => waits.push(promise) });
  return { ask, kept };
}

const post = (path, body, headers = {}) => new Request(`https://shop.example${path}`, { method: "POST", headers: { ...HEADERS, ...headers }, body, duplex: "half" });
const broken = () => new ReadableStream({ pull: (stream) => stream.error(new Error("the client is gone")) });
const own = (record) => record.unmapped.outwork;

test("a body that cannot be read leaves a record that says so, and its reference is told", async () => {
  const { ask, kept } = worker();
  const answer = await ask(post("/pay?amount=12", broken()));
  const { status, reference } = await answer.json();
  assert.deepEqual([answer.status, status, kept.length], [400, 400, 1]);
  const [record] = kept;
  assert.deepEqual(own(record).undecided, { stage: "body", status: 400, details: "outwork_unread" });
  assert.deepEqual([record.metadata.uid, record.http_request.url.path, record.http_response.code, own(record).verdict], [reference, "/pay", 400, undefined]);
  assert.deepEqual([record.action, record.status_detail, own(record).chain.sequence, own(record).host.name], ["Undecided", "outwork_unread", 1, "worker"]);
  const { indexes, blobs, doubles } = pointOf(record, 400);
  assert.deepEqual([indexes, blobs[1], blobs[2], blobs[6], doubles[1], doubles[6]], [["undecided"], "undecided", "", "outwork_unread", -1, 400]);
  await ask(post("/.well-known/outwork/beacon", broken(), { "content-type": "application/octet-stream" }));
  assert.deepEqual([own(kept[1]).undecided.stage, own(kept[1]).chain.previous], ["endpoint", own(record).chain.mac]);
});

test("a client that ends in the middle of its body leaves one in workerd", async () => {
  const origin = await startOrigin();
  const edge = await startWorkerd({ outbound: origin.address, env: { OUTWORK_KEYS: KEYS }, bundle: testBundle("tests/transactions/policy") });
  try {
    const socket = connect(edge.port, "127.0.0.1");
    socket.end("POST /pay HTTP/1.1\r\nhost: shop.example\r\ncf-connecting-ip: 203.0.113.9\r\ncontent-length: 900\r\n\r\namount");
    const [head] = await once(socket, "data");
    assert.match(head.toString(), /^HTTP\/1.1 400 /);
    const [record] = await records(edge, 1);
    assert.deepEqual(own(record).undecided, { stage: "body", status: 400, details: "outwork_unread" });
    assert.equal(origin.requests.length, 0);
  } finally {
    await edge.stop();
    await origin.stop();
  }
});

test("a body that takes too long is told with 408, as of when it came", async () => {
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_795_341_600_000 });
  try {
    const { ask, kept } = worker();
    let begun;
    const reading = new Promise((resolve) => (begun = resolve));
    const answered = ask(post("/pay", new ReadableStream({ pull: () => (begun(), new Promise(() => {})) })));
    await reading;
    // The handler has its timer by then, or takes it in this turn.
    await new Promise((resolve) => setImmediate(resolve));
    mock.timers.tick(LONGEST);
    const answer = await answered;
    assert.deepEqual([answer.status, kept.length], [408, 1]);
    assert.deepEqual(own(kept[0]).undecided, { stage: "body", status: 408, details: "outwork_timeout" });
    assert.equal(kept[0].time, 1_795_341_600_000);
    assert.equal((await answer.json()).reference, kept[0].metadata.uid);
  } finally {
    mock.timers.reset();
  }
});

test("what is decided leaves one record, as before", async () => {
  const { ask, kept } = worker();
  assert.equal((await ask(post("/pay", "x".repeat(2_000)))).status, 413);
  assert.deepEqual([kept.length, own(kept[0]).verdict, own(kept[0]).transaction], [1, "block", { id: "pay", body: "unbound" }]);
});
