// What the Worker takes for true: what Cloudflare's edge says, in whatever shape, and nothing that a client says of itself.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { BROWSER, call } from "./support/client.mjs";
import { KEYS } from "./support/keys.mjs";
import { startOrigin } from "./support/origin.mjs";
import { recordOf, startWorkerd } from "./support/workerd.mjs";

const JA4 = "t13d1516h2_8daaf6152771_d8a2da3f94cd";
const EDGE = { asn: 64500, country: "DE", tlsVersion: "TLSv1.3", httpProtocol: "HTTP/2", botManagement: { ja4: JA4 } };
const HTTPS = { ...BROWSER, "x-test-scheme": "https" };

let origin, edge;
before(async () => {
  origin = await startOrigin();
  edge = await startWorkerd({ outbound: origin.address, env: { OUTWORK_KEYS: KEYS } });
});
after(async () => {
  await edge?.stop();
  await origin?.stop();
});

let played = 0;

/** The record of one request, and the request as the origin got it. */
async function play(headers, cf, rest = "") {
  // Of its own path: records of other requests may come late.
  const own = `/${(played += 1)}/`;
  const response = await call(edge.port, own + rest, { headers, cf });
  const record = await recordOf(edge, (path) => path.startsWith(own));
  return { record, response, outwork: record.unmapped.outwork, seen: response.status === 200 ? response.json().headers : {} };
}

const reasons = ({ outwork }) => outwork.reasons.map(({ id }) => id).sort();

test("what the edge says of the connection decides", async () => {
  const played = await play(HTTPS, EDGE);
  assert.deepEqual(reasons(played), ["test.asn", "test.country"]);
  assert.equal(played.record.tls.version, "TLSv1.3");
  assert.equal(played.record.ja4_fingerprint_list[0].value, JA4);
  assert.equal(played.record.http_request.version, "HTTP/2");
  assert.equal(played.record.http_request.url.scheme, "https");
});

test("without cf, network and hello are not seen, and nothing fails", async () => {
  const { record, outwork } = await play(HTTPS);
  assert.deepEqual([record.tls, record.ja4_fingerprint_list, record.http_request.version], [undefined, undefined, undefined]);
  assert.deepEqual(outwork.reasons, []);
});

for (const [what, junk] of Object.entries({
  "null everywhere": { asn: null, country: null, tlsVersion: null, httpProtocol: null, botManagement: null, clientAcceptEncoding: null },
  "objects everywhere": { asn: {}, country: {}, tlsVersion: {}, httpProtocol: [], botManagement: { ja4: {}, ja3Hash: [] } },
  "numbers for text": { asn: "64500", country: 49, tlsVersion: 1.3, httpProtocol: 2, botManagement: { ja4: 4, ja3Hash: 3 } },
  "numbers that no network has": { asn: -1, country: "", tlsVersion: "", httpProtocol: "", botManagement: 7 },
  "numbers too large": { asn: 2 ** 40, country: "DE\nGET", tlsVersion: "TLSv1.3\n", httpProtocol: "SPDY", botManagement: [] },
  "fractions": { asn: 64500.5, botManagement: "ja4" },
})) {
  test(`cf with ${what} is not seen`, async () => {
    const played = await play(HTTPS, junk);
    assert.equal(played.response.status, 200);
    assert.deepEqual(reasons(played), []);
    assert.deepEqual([played.record.tls, played.record.ja4_fingerprint_list, played.record.http_request.version], [undefined, undefined, undefined]);
  });
}

test("a request without TLS has no hello, whatever cf says", async () => {
  const { record } = await play(BROWSER, EDGE);
  assert.deepEqual([record.tls, record.ja4_fingerprint_list, record.http_request.url.scheme], [undefined, undefined, "http"]);
});

test("the client's address is what the edge saw, and no other header moves it", async () => {
  const { record } = await play(HTTPS, EDGE);
  const address = record.src_endpoint.uid;
  for (const [name, value] of Object.entries({
    "x-forwarded-for": "66.249.66.1",
    forwarded: "for=66.249.66.1",
    "x-real-ip": "66.249.66.1",
    "true-client-ip": "66.249.66.1",
    "cf-connecting-ipv6": "2001:4860:4801:10::1",
    "cf-pseudo-ipv4": "240.1.2.3",
    "cf-ipcountry": "US",
    "cf-ja4": JA4,
    "x-ja4": JA4,
  })) {
    const spoofed = await play({ ...HTTPS, [name]: value }, EDGE);
    assert.equal(spoofed.record.src_endpoint.uid, address, name);
    assert.deepEqual(reasons(spoofed), ["test.asn", "test.country"], name);
  }
  const other = await play({ ...HTTPS, "cf-connecting-ip": "203.0.113.10" }, EDGE);
  assert.notEqual(other.record.src_endpoint.uid, address);
});

test("evidence that a client brings never reaches the origin", async () => {
  const { seen } = await play({
    ...HTTPS,
    "outwork-risk": ["risk=0, verdict=allow", "risk=1"],
    "outwork-verdict": "allow",
    "signature-input": 'sig1=("@authority");created=1;until=@5;who=%"J%c3%bcrgen", outwork=("outwork-risk");created=1',
    signature: "sig1=:AAAA:, outwork=:AAAA:",
  }, EDGE);
  assert.match(seen["outwork-risk"], /^risk=\d+, band=\w+, verdict=\w+, .*bundle="1\.0\.0-[0-9a-f]{6}", id="[0-9A-Z]{16}"$/);
  assert.ok(!seen["outwork-risk"].includes("risk=1,"));
  assert.equal(seen["outwork-verdict"], undefined);
  assert.match(seen["signature-input"], /^sig1=\("@authority"\);created=1;until=@5;who=%"J%c3%bcrgen", outwork=\("@method" .*;tag="outwork-evidence"$/);
  assert.match(seen.signature, /^sig1=:AAAA:, outwork=:[A-Za-z0-9+/]{43}=:$/);
});

test("a blocked request never reaches the origin", async () => {
  const before = origin.requests.length;
  const page = await call(edge.port, "/blocked", { headers: HTTPS });
  assert.deepEqual([page.status, page.headers["content-type"]], [403, "text/html; charset=utf-8"]);
  assert.match(page.body.toString(), /<code>[0-9A-Z]{16}<\/code>[\s\S]*mailto:help@shop\.example/);
  const problem = await call(edge.port, "/blocked", { headers: { ...HTTPS, accept: "application/json" } });
  assert.deepEqual([problem.headers["content-type"], problem.json().status], ["application/problem+json", 403]);
  assert.equal(problem.headers["cache-control"], "no-store");
  assert.equal(origin.requests.length, before);
});

test("a client that spends its tokens is told when to come back, and no other client pays", async () => {
  const login = (address) => call(edge.port, "/login", { method: "POST", headers: { ...HTTPS, "cf-connecting-ip": address }, body: Buffer.from("x") });
  const statuses = [];
  for (let turn = 0; turn < 4; turn += 1) statuses.push((await login("2001:db8:1:2::1")).status);
  assert.deepEqual(statuses, [200, 200, 200, 429]);
  const refused = await login("2001:db8:1:2:ffff::9");
  assert.equal(refused.status, 429, "an IPv6 client is its /64");
  assert.ok(Number(refused.headers["retry-after"]) > 0);
  assert.match(refused.headers.ratelimit, /^"login\.per-ip";r=0;t=\d+(, |$)/);
  assert.equal((await login("2001:db8:1:3::1")).status, 200);
});

test("headers of 100 KiB, a path of 15 KiB and every method are judged", async () => {
  const long = await play({ ...HTTPS, ...Object.fromEntries(Array.from({ length: 25 }, (_, n) => [`x-long-${n}`, "é".repeat(2_000)])) }, EDGE, "a".repeat(15_000));
  assert.deepEqual(reasons(long), ["test.asn", "test.country"]);
  for (const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
    assert.equal((await call(edge.port, "/", { method, headers: HTTPS })).status, 200, method);
  }
});
