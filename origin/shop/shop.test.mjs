import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { readFileSync } from "node:fs";
import { request as send } from "node:http";
import { MemoryReplayCache } from "../node/src/index.js";
import { shown } from "./risk.mjs";
import { shop } from "./server.mjs";

const HEADER = 'risk=73, band=high, verdict=tag, device=61, confidence=0.82, reasons=("client.ua-tls-mismatch" "a \\"b\\""), bundle="2026.11.21-3fa9c1"';
let server;
let base;

before(async () => {
  server = shop({ keys: "" });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  base = `http://127.0.0.1:${server.address().port}`;
});
after(() => server.close());

test("the risk header's members are read", () => {
  const risk = shown(HEADER);
  assert.equal(risk.risk, 73);
  assert.equal(risk.confidence, 0.82);
  assert.equal(risk.verdict, "tag");
  assert.deepEqual(risk.reasons, ["client.ua-tls-mismatch", 'a "b"']);
  assert.deepEqual(shown(undefined), { present: false, verified: false });
  assert.deepEqual(shown("risk=("), { present: false, verified: false, why: "malformed" });
});

test("a page shows what the edge said, and nothing in it becomes markup", async () => {
  const answer = await fetch(`${base}/checkout`, { headers: { "outwork-risk": 'risk=9, band=high, verdict=tag, reasons=("<script>")' } });
  const body = await answer.text();
  assert.match(body, /&lt;script&gt;/);
  assert.doesNotMatch(body, /<script>/);
  assert.match(body, /second factor/);
});

test("a shop with keys sells what the edge signed, as it was signed, once", async (context) => {
  const vectors = JSON.parse(readFileSync(new URL("../vectors/evidence.json", import.meta.url), "utf8"));
  const named = (name) => vectors.cases.find((one) => one.name === name);
  const own = shop({ keys: vectors.keys, replay: new MemoryReplayCache(10, () => named("a bound body").now), clock: () => named("a bound body").now });
  context.after(() => own.close());
  await new Promise((ready) => own.listen(0, "127.0.0.1", ready));
  const order = ({ request: { method, target, authority, headers, body = "" } }) =>
    new Promise((resolve, reject) => {
      const asked = send({ port: own.address().port, host: "127.0.0.1", method, path: target, headers: { host: authority, ...Object.fromEntries(headers) } }, async (answer) => {
        let said = "";
        for await (const part of answer) said += part;
        resolve([answer.statusCode, said]);
      });
      asked.on("error", reject);
      asked.end(Buffer.from(body, "base64"));
    });
  for (const [name, status, says] of [
    ["another body", 403, /no valid evidence of the edge: digest/],
    ["a bound body", 200, /vouches for this order/],
    ["a bound body", 403, /no valid evidence of the edge: replayed/],
    ["signed: a body that is too large", 403, /not bound/],
  ]) {
    const [found, said] = await order(named(name));
    assert.equal(found, status, `${name}: ${said}`);
    assert.match(said, says);
  }
});

test("what nobody verified vouches for nothing", async () => {
  const headers = { "outwork-risk": 'risk=1, band=low, verified, transaction="checkout";body=bound, reasons=()' };
  const answer = await fetch(`${base}/checkout`, { method: "POST", body: new URLSearchParams({ product: "ravelin" }), headers });
  const said = await answer.text();
  assert.doesNotMatch(said, /vouches/);
  assert.match(said, /Nobody verified it/);
});

test("a form's text is shown, not run", async () => {
  const answer = await fetch(`${base}/login`, { method: "POST", body: new URLSearchParams({ email: "<img src=x>" }) });
  assert.equal(answer.status, 401);
  assert.doesNotMatch(await answer.text(), /<img/);
});

test("every path answers, also to HEAD and to nonsense", async () => {
  const expected = { "/": 200, "/product/ravelin": 200, "/api/products": 200, "/api/risk": 200, "/health": 200, "/robots.txt": 200, "/favicon.ico": 204, "/nothing": 404, "//": 404 };
  for (const [path, status] of Object.entries(expected)) {
    assert.equal((await fetch(base + path)).status, status, path);
    assert.equal((await fetch(base + path, { method: "HEAD" })).status, status, `HEAD ${path}`);
  }
});

test("a body that is too large is refused", async () => {
  const answer = await fetch(`${base}/login`, { method: "POST", body: "x".repeat(20_000) });
  assert.equal(answer.status, 400);
});
