import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { readRisk } from "./risk.mjs";
import { shop } from "./server.mjs";

const HEADER = 'risk=73, band=high, verdict=tag, device=61, confidence=0.82, reasons=("client.ua-tls-mismatch" "a \\"b\\""), bundle="2026.11.21-3fa9c1"';
let server;
let base;

before(async () => {
  server = shop();
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  base = `http://127.0.0.1:${server.address().port}`;
});
after(() => server.close());

test("the risk header's members are read", () => {
  const risk = readRisk(HEADER);
  assert.equal(risk.risk, 73);
  assert.equal(risk.confidence, 0.82);
  assert.equal(risk.verdict, "tag");
  assert.deepEqual(risk.reasons, ["client.ua-tls-mismatch", 'a "b"']);
  assert.deepEqual(readRisk(undefined), { present: false });
});

test("a page shows what the edge said, and nothing in it becomes markup", async () => {
  const answer = await fetch(`${base}/checkout`, { headers: { "outwork-risk": 'risk=9, band=high, verdict=tag, reasons=("<script>")' } });
  const body = await answer.text();
  assert.match(body, /&lt;script&gt;/);
  assert.doesNotMatch(body, /<script>/);
  assert.match(body, /second factor/);
});

test("an order says whether the edge vouches for it", async () => {
  const order = async (risk) => {
    const answer = await fetch(`${base}/checkout`, { method: "POST", body: new URLSearchParams({ product: "ravelin" }), headers: { "outwork-risk": risk } });
    return answer.text();
  };
  assert.match(await order('risk=1, band=low, transaction="checkout";body=bound, reasons=()'), /vouches for this order/);
  assert.doesNotMatch(await order('risk=1, band=low, transaction="checkout";body=unbound, reasons=()'), /vouches/);
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
