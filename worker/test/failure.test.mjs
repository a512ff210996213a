// When Outwork or the origin fails: what a client gets, and that no other request suffers.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { BROWSER, call } from "./support/client.mjs";
import { KEYS } from "./support/keys.mjs";
import { startOrigin } from "./support/origin.mjs";
import { said, startWorkerd } from "./support/workerd.mjs";

const TRAP = { ...BROWSER, "x-trap": "1", "outwork-risk": "risk=0, verdict=allow", "outwork-other": "x", outwork_risk: "risk=0", signature: "outwork=:AAAA:, sig1=:BBBB:", "signature-input": "outwork=(), sig1=()" };
const NOWHERE = "127.0.0.1:9";
/** A file that is no bundle. */
const BROKEN = fileURLToPath(import.meta.url);

let origin;
before(async () => {
  origin = await startOrigin();
});
after(() => origin?.stop());

async function withEdge(options, use) {
  const edge = await startWorkerd({ outbound: origin.address, ...options });
  try {
    return await use(edge);
  } finally {
    await edge.stop();
  }
}

const unjudged = async (edge, count) => (await said(edge, "unjudged", count)).map(({ method, host, path, passed, time }) => [method, host, path, passed, time > 1.7e12]);

test("open: a request that traps the core goes on, without the evidence it brought", () =>
  withEdge({ entry: "test/entries/trapping.js", env: { OUTWORK_KEYS: KEYS } }, async (edge) => {
    const { status, json } = await call(edge.port, "/a?name=x", { headers: TRAP });
    assert.equal(status, 200);
    const names = Object.keys(json().headers);
    assert.deepEqual(names.filter((name) => /^(outwork|signature)/.test(name)), []);
    assert.ok(names.includes("x-trap") && names.includes("user-agent"));
    const next = await call(edge.port, "/a");
    assert.match(next.json().headers["outwork-risk"], /^risk=/, "the request after a trap is judged");
    await call(edge.port, "/a", { headers: TRAP });
    const [first, second] = await said(edge, "core-stopped", 2);
    assert.deepEqual([first.stops, second.stops], [1, 2]);
    assert.match(first.error, /panicked at .*\n?.*capacity overflow/);
    const [one, ...more] = await unjudged(edge, 2);
    assert.deepEqual([one[0], one[2], one[3], one[4], more.length], ["GET", "/a", true, true, 1], "each that nobody judged is told, without its query");
  }));

test("closed: a request that traps the core is refused", () =>
  withEdge({ entry: "test/entries/trapping.js", env: { OUTWORK_KEYS: KEYS, OUTWORK_ON_ERROR: "closed" } }, async (edge) => {
    const before = origin.requests.length;
    const { status, headers, json } = await call(edge.port, "/a", { headers: TRAP });
    assert.deepEqual([status, headers["content-type"], json().status], [500, "application/problem+json", 500]);
    assert.equal(origin.requests.length, before, "the origin is not asked");
    assert.equal((await call(edge.port, "/a")).status, 200);
  }));

test("a trap harms no request that is under way", () =>
  withEdge({ entry: "test/entries/trapping.js", env: { OUTWORK_KEYS: KEYS } }, async (edge) => {
    const slow = call(edge.port, "/slow");
    const socketed = call(edge.port, "/slow");
    for (let trap = 0; trap < 5; trap += 1) await call(edge.port, "/a", { headers: TRAP });
    for (const { status, body } of await origin.finish([slow, socketed])) {
      assert.deepEqual([status, body.toString().split("\n").length], [200, 5]);
    }
  }));

test("an origin that does not answer is a 502, open or closed", async () => {
  for (const OUTWORK_ON_ERROR of ["open", "closed"]) {
    await withEdge({ outbound: NOWHERE, env: { OUTWORK_KEYS: KEYS, OUTWORK_ON_ERROR } }, async (edge) => {
      const { status, headers, json } = await call(edge.port, "/a", { method: "POST", body: Buffer.from("x") });
      assert.deepEqual([status, headers["content-type"], json().status], [502, "application/problem+json", 502]);
      await said(edge, "origin-unreachable");
    });
  }
});

const UNUSABLE = [
  { what: "no keys", env: {}, says: /no keys: set `OUTWORK_KEYS`/, open: 200 },
  { what: "a short key", env: { OUTWORK_KEYS: "k:c2hvcnQ=" }, says: /`k` has 5 bytes, and needs 32/, open: 200 },
  { what: "a bundle that is none", env: { OUTWORK_KEYS: KEYS }, bundle: BROKEN, says: /bundle/, open: 200 },
  { what: "an origin that is no URL", env: { OUTWORK_ORIGIN: "shop" }, says: /OUTWORK_ORIGIN is `shop`/, open: 500 },
  { what: "a misspelt OUTWORK_ON_ERROR", env: { OUTWORK_ON_ERROR: "ajar" }, says: /OUTWORK_ON_ERROR is `ajar`/, open: 500 },
];

for (const { what, env, says, bundle, open } of UNUSABLE) {
  test(`${what}: one line in the log, and each request as OUTWORK_ON_ERROR says`, async () => {
    for (const [onError, expected] of [["open", open], ["closed", 500]]) {
      await withEdge({ bundle, env: { OUTWORK_ON_ERROR: onError, ...env } }, async (edge) => {
        for (let turn = 0; turn < 3; turn += 1) {
          const { status } = await call(edge.port, "/a", { headers: TRAP });
          assert.equal(status, expected);
        }
        if (expected === 200) assert.equal(origin.requests.at(-1).headers["outwork-risk"], undefined);
        const lines = await said(edge, "policy-not-loaded");
        assert.equal(lines.length, 1);
        assert.match(lines[0].error, says);
      });
    }
  });
}

test("headers added to a response leave its body and its other headers as they were", () =>
  withEdge({ entry: "test/entries/adding.js", env: { OUTWORK_KEYS: KEYS } }, async (edge) => {
    const { GZIPPED } = await import("./support/origin.mjs");
    assert.deepEqual((await call(edge.port, "/gzip")).body, GZIPPED);
    const { headers } = await call(edge.port, "/cookies");
    assert.deepEqual(headers["set-cookie"], ["a=1; Path=/", "b=2, c", "__Host-outwork=1; Secure; Path=/"]);
    const fresh = await call(edge.port, "/fresh");
    assert.deepEqual([fresh.status, fresh.headers["set-cookie"].length], [304, 1]);
    const head = await call(edge.port, "/head", { method: "HEAD" });
    assert.deepEqual([head.status, head.headers["content-length"]], [200, "1234"]);
    const [slow] = await origin.finish([call(edge.port, "/slow")]);
    assert.equal(slow.body.toString().split("\n").length, 5);
  }));
