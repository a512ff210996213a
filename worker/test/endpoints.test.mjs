// What the Worker answers itself: the list of tests/endpoints as the native engine and Envoy answer it, and nothing of it at the origin.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { call } from "./support/client.mjs";
import { KEYS } from "./support/keys.mjs";
import { startOrigin } from "./support/origin.mjs";
import { ROOT, startWorkerd, testBundle } from "./support/workerd.mjs";

const PREFIX = "/.well-known/outwork/";
const SCRIPT = readFileSync(join(ROOT, "beacon/dist/beacon.js"), "utf8");
const ID = createHash("sha256").update(SCRIPT).digest("hex").slice(0, 16);
const ANSWERS = JSON.parse(readFileSync(join(ROOT, "tests/endpoints/answers.json"), "utf8"));
const REQUESTS = JSON.parse(
  readFileSync(join(ROOT, "tests/endpoints/requests.json"), "utf8").replaceAll("{beacon-id}", ID).replaceAll("{origin}", "https://shop.example").replaceAll("{authority}", "shop.example"),
);
// What workerd and Node add to every response, and what says only how the body is sent.
const HOP = ["date", "connection", "keep-alive", "transfer-encoding", "content-length"];
const BATCH = { "x-test-scheme": "https", "content-type": "application/octet-stream" };

let origin, edge;
before(async () => {
  origin = await startOrigin();
  edge = await startWorkerd({ outbound: origin.address, env: { OUTWORK_KEYS: KEYS }, bundle: testBundle("tests/endpoints/policy") });
});
after(async () => {
  await edge?.stop();
  await origin?.stop();
});
beforeEach(() => origin.requests.splice(0));

for (const asked of REQUESTS) {
  test(`${asked.name} is answered as natively`, async () => {
    const [method, ...name] = asked.request.split(" ");
    const headers = { "x-test-scheme": "https", ...Object.fromEntries(asked.headers ?? []) };
    const answer = await call(edge.port, PREFIX + name.join(" "), { method, headers, body: bodyOf(asked) });
    assert.deepEqual(withoutChance(answer, method), ANSWERS[asked.name]);
    assert.deepEqual(origin.requests, []);
  });
}

for (const size of [1, 8_192, 8_193, 100_000]) {
  test(`a body of ${size} bytes that does not say how long it is, is read up to its cap`, async () => {
    const { status } = await call(edge.port, `${PREFIX}beacon`, { method: "POST", headers: BATCH, body: inParts(Buffer.alloc(size)) });
    assert.equal(status === 413, size > 8_192, String(status));
    assert.deepEqual(origin.requests, []);
  });
}

test("a client that is gone in the middle of its body harms nobody", async () => {
  for (let turn = 0; turn < 20; turn += 1) {
    const socket = connect(edge.port, "127.0.0.1");
    socket.write(`POST ${PREFIX}beacon HTTP/1.1\r\nhost: shop.example\r\ncontent-type: application/octet-stream\r\ncontent-length: 8000\r\n\r\n1234`);
    await new Promise((resolve) => setTimeout(resolve, 5));
    socket.destroy();
  }
  assert.equal((await call(edge.port, `${PREFIX}beacon.js`)).status, 200);
  assert.deepEqual(origin.requests, []);
});

test("without a policy endpoints do not reach the origin, though other requests do", async () => {
  const broken = await startWorkerd({ outbound: origin.address, env: { OUTWORK_KEYS: "none" } });
  try {
    assert.equal((await call(broken.port, "/a")).status, 200);
    const { status, headers } = await call(broken.port, `${PREFIX}hello`, { method: "POST", headers: {} });
    assert.deepEqual([status, headers["content-type"]], [503, "application/problem+json"]);
    assert.deepEqual(origin.requests.map(({ url }) => url), ["/a"]);
  } finally {
    await broken.stop();
  }
});

function bodyOf({ body = {} }) {
  const { zeros = 0, text = "", hex = "" } = body;
  return Buffer.concat([Buffer.alloc(zeros), Buffer.from(text), Buffer.from(hex, "hex")]);
}

async function* inParts(body) {
  for (let at = 0; at < body.length; at += 1_000) yield body.subarray(at, at + 1_000);
}

/** The answer as answers.json has it. */
function withoutChance({ status, headers, body }, method) {
  const said = Object.entries(headers).filter(([name]) => !HOP.includes(name));
  const text = body.toString();
  const script = text === SCRIPT || (method === "HEAD" && Number(headers["content-length"]) === Buffer.byteLength(SCRIPT));
  return {
    status,
    headers: Object.fromEntries(said.map(([name, value]) => [name, String(value).replace(ID, "{beacon-id}")])),
    body: script ? "{beacon.js}" : text.includes('"reference"') ? { ...JSON.parse(text), reference: "{reference}" } : text,
  };
}
