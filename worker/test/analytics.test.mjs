// Data points for Analytics Engine by workerd's own binding: what arrives, that nobody waits for it, and that without it nothing happens.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { count, pointOf } from "../shell/analytics.js";
import { BROWSER, call } from "./support/client.mjs";
import { KEYS } from "./support/keys.mjs";
import { startOrigin } from "./support/origin.mjs";
import { ROOT, SERVED, recordOf, records, startWorkerd, testBundle, until } from "./support/workerd.mjs";

let origin, engine;
before(async () => {
  origin = await startOrigin();
  engine = await startEngine();
});
after(async () => {
  engine?.stop();
  await origin?.stop();
});

/** What stands behind the binding, and keeps each data point as the SQL API would show it. */
async function startEngine() {
  const points = [];
  const server = createServer(async (request, response) => {
    const parts = [];
    try {
      for await (const part of request) parts.push(part);
    } catch {
      return; // workerd was stopped while it sent.
    }
    points.push(shown(JSON.parse(Buffer.concat(parts).toString())));
    response.end();
  });
  server.keepAliveTimeout = 120_000;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { points, address: `127.0.0.1:${server.address().port}`, stop: () => server.close() };
}

/** workerd writes texts as bytes; a blob that is not there reads as an empty one. */
function shown(point) {
  const text = (value) => (Array.isArray(value) ? Buffer.from(value).toString() : (value ?? ""));
  const blobs = Array.from({ length: 20 }, (_, at) => text(point[`blob${at + 1}`]));
  const doubles = Array.from({ length: 20 }, (_, at) => point[`double${at + 1}`]);
  return { index: text(point.index1), blobs, doubles };
}

async function arrived(wanted) {
  await until(() => engine.points.length >= wanted);
  return engine.points.splice(0);
}

const full = ({ indexes, blobs, doubles }) => ({
  index: indexes[0],
  blobs: [...blobs, ...Array(20 - blobs.length).fill("")],
  doubles: [...doubles, ...Array(20 - doubles.length).fill(0)],
});

test("each decision is a data point that says what its record says", async () => {
  const edge = await startWorkerd({ outbound: origin.address, bundle: SERVED, env: { OUTWORK_KEYS: KEYS }, analytics: engine.address });
  try {
    const asked = [["/"], ["/.env?card=4111111111111111"], ["/a", { headers: { "cf-connecting-ip": "203.0.113.9" } }], ["/b", { method: "PROPFIND" }], ["/c", { cf: CF, headers: { ...BROWSER, "x-test-scheme": "https" } }]];
    const statuses = [];
    for (const [path, options] of asked) statuses.push((await call(edge.port, path, options)).status);
    const lines = await records(edge, asked.length);
    const points = await arrived(asked.length);
    const own = (status) => (status === 200 ? 0 : status);
    const place = ({ blobs }) => lines.findIndex(({ metadata }) => metadata.uid === blobs[0]);
    points.sort((one, other) => place(one) - place(other));
    assert.deepEqual(points, lines.map((line, at) => full(pointOf(line, own(statuses[at])))));
    assert.deepEqual(points.map(({ blobs }) => blobs[7]), ["GET", "GET", "GET", "PROPFIND", "GET"]);
    const [, probe, , , fingerprinted] = points;
    assert.deepEqual([probe.index, probe.blobs[1], probe.blobs[2], probe.blobs[9], probe.doubles[6]], ["block", "block", "enforced", "/.env", 404]);
    assert.equal(probe.blobs[0], lines[1].metadata.uid);
    assert.match(probe.blobs[6], /^[a-z][\w.-]+( [a-z][\w.-]+)*$/);
    assert.equal(fingerprinted.blobs[13], CF.botManagement.ja4);
    assert.ok(!JSON.stringify(points).includes("41111111") && !JSON.stringify(points).includes("203.0.113"));
  } finally {
    await edge.stop();
  }
});

const CF = { tlsVersion: "TLSv1.3", httpProtocol: "HTTP/2", botManagement: { ja4: "t13d1516h2_8daaf6152771_b186095e22b6" } };

test("where the policy samples what it allows, a data point counts for those that were left out", async () => {
  const policy = mkdtempSync(join(tmpdir(), "outwork-sampled-"));
  for (const name of readdirSync(join(ROOT, "worker/test/policy"))) {
    const text = readFileSync(join(ROOT, "worker/test/policy", name), "utf8");
    writeFileSync(join(policy, name), text.replace("[policy]\n", "[policy]\nsample_allowed = 0.25\n"));
  }
  const edge = await startWorkerd({ outbound: origin.address, env: { OUTWORK_KEYS: KEYS }, bundle: testBundle(policy), analytics: engine.address });
  try {
    for (let turn = 0; turn < 60; turn += 1) await call(edge.port, "/");
    await call(edge.port, "/blocked");
    await recordOf(edge, (path) => path === "/blocked");
    const points = await arrived(edge.lines.filter((line) => line.startsWith('{"time"')).length);
    const allowed = points.filter(({ index }) => index === "allow");
    assert.ok(allowed.length > 0 && allowed.length < 50, `${allowed.length} of 60`);
    assert.deepEqual([...new Set(allowed.map(({ doubles }) => doubles[0]))], [4]);
    assert.equal(points.find(({ index }) => index === "block").doubles[0], 1);
  } finally {
    await edge.stop();
    rmSync(policy, { recursive: true });
  }
});

test("nobody waits for it: the answer comes first, also where nothing stands behind the binding", async () => {
  const edge = await startWorkerd({ outbound: origin.address, env: { OUTWORK_KEYS: KEYS }, analytics: engine.address });
  const deaf = await startWorkerd({ outbound: origin.address, env: { OUTWORK_KEYS: KEYS }, analytics: "127.0.0.1:9" });
  try {
    const held = call(edge.port, "/held");
    const [record] = await records(edge, 1);
    assert.deepEqual(engine.points, [], "the record is written, the answer is not there");
    assert.equal((await origin.finish([held]))[0].status, 200);
    assert.equal((await arrived(1))[0].blobs[0], record.metadata.uid);
    for (let turn = 0; turn < 5; turn += 1) assert.equal((await call(deaf.port, "/")).status, 200);
  } finally {
    await edge.stop();
    await deaf.stop();
  }
});

test("without the binding there is no data point, and with another binding of that name nothing is judged", async () => {
  const edge = await startWorkerd({ outbound: origin.address, env: { OUTWORK_KEYS: KEYS } });
  const wrong = await startWorkerd({ outbound: origin.address, env: { OUTWORK_KEYS: KEYS, OUTWORK_ANALYTICS: "outwork" } });
  try {
    assert.equal((await call(edge.port, "/")).status, 200);
    await records(edge, 1);
    assert.equal((await call(wrong.port, "/", { headers: BROWSER })).status, 500);
    const said = () => wrong.lines.some((line) => line.includes("OUTWORK_ANALYTICS must be a binding"));
    await until(said);
    assert.deepEqual(engine.points, []);
  } finally {
    await edge.stop();
    await wrong.stop();
  }
});

test("a data set that fails is said once, and harms nothing", (context) => {
  const said = context.mock.method(console, "error", () => {});
  const dataset = { writeDataPoint: () => { throw new TypeError("too many blobs"); } };
  for (let turn = 0; turn < 3; turn += 1) count(dataset, "{}", 0);
  assert.equal(said.mock.callCount(), 1);
  assert.match(said.mock.calls[0].arguments[0], /analytics-failed/);
});

test("a sampled record counts for those that were left out, and ECS says the same as OCSF", () => {
  const own = { verdict: "allow", enforced: true, band: "low", window: "none", confidence: 0.5, reasons: [{ id: "a.b" }], device_id: "d", agent: { id: "openai.chatgpt" }, sampled: 0.05, models: [{ id: "m-1", in_force: true, probability: 0.25 }] };
  const ocsf = {
    metadata: { uid: "1" }, policy: { version: "v" }, risk_score: 3, activity_name: "Get", firewall_rule: { uid: "a.b" }, src_endpoint: { uid: "c" },
    http_request: { http_method: "GET", user_agent: "curl", url: { hostname: "shop.example", path: "/" } }, ja4_fingerprint_list: [{ value: "t13" }], unmapped: { outwork: own },
  };
  const ecs = {
    event: { id: "1", risk_score: 3 }, rule: { id: "a.b" }, http: { request: { method: "GET" } }, url: { domain: "shop.example", path: "/" }, user_agent: { original: "curl" },
    outwork: { ...own, bundle: "v", client_id: "c", ja4: "t13" },
  };
  const point = pointOf(ocsf, 0);
  assert.deepEqual(pointOf(ecs, 0), point);
  assert.deepEqual(point, {
    indexes: ["allow"],
    blobs: ["1", "allow", "enforced", "low", "none", "a.b", "a.b", "GET", "shop.example", "/", "curl", "c", "d", "t13", "v", "m-1", "openai.chatgpt"],
    doubles: [20, 3, -1, -1, -1, 0.5, 0, 0.25],
  });
});
