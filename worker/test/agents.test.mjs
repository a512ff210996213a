// Agents that sign, and what becomes of them by how their directories are served: see tests/agents, which asks the same of Envoy.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, test } from "node:test";
import { PATH, newKeys, signed as signedBy, startDirectories, thumbprint } from "./support/agents.mjs";
import { call } from "./support/client.mjs";
import { KEYS } from "./support/keys.mjs";
import { startOrigin } from "./support/origin.mjs";
import { startWorkerd, testBundle, until } from "./support/workerd.mjs";

const BAD = ["slow", "huge", "redirect", "malformed", "html", "gone"];
/** How long a request may wait for a directory: as long as it can be told to. */
const BUDGET = 2_000;
/** What a loaded machine may add: the slow directory never answers. */
const MARGIN = 20_000;

const own = newKeys();
const signed = (host, options) => signedBy(host, { keys: own, ...options });

let origin;
let directories;
let edge;
before(async () => {
  origin = await startOrigin();
  directories = await startDirectories([own]);
  const bundle = testBundle("tests/agents/policy");
  edge = await startWorkerd({ outbound: directories.address, service: origin.address, env: { OUTWORK_KEYS: KEYS, OUTWORK_AGENTS_TIMEOUT_MS: String(BUDGET) }, bundle });
});
after(async () => {
  await edge?.stop();
  await directories?.stop();
  await origin?.stop();
});

/** How a request went: its status, whether the origin was told that it knows the agent, and how many milliseconds it took. */
async function ask(headers) {
  const start = performance.now();
  const { status, json } = await call(edge.port, "/page", { headers });
  const risk = status === 200 ? json().headers["outwork-risk"] : "";
  return { status, known: risk.includes("agent.verified"), took: performance.now() - start };
}

test("the first request of an agent waits for its directory, which is there in time", async () => {
  const { status, known, took } = await ask(signed("good"));
  assert.equal(status, 200);
  // In time, unless the machine stood still for all of it.
  assert.ok(known || took >= BUDGET, `${took} ms`);
});

test("a server that misbehaves delays nobody beyond the budget, and says nothing for or against", async () => {
  for (const host of BAD) {
    const { status, known, took } = await ask(signed(host));
    assert.deepEqual({ host, status, known }, { host, status: 200, known: false });
    assert.ok(took < BUDGET + MARGIN, `${host}: ${took} ms`);
  }
  for (const host of BAD) assert.ok(directories.asked.includes(`${host}${PATH}`), host);
  const said = () => edge.lines.filter((line) => line.includes("directory-not-fetched")).map((line) => JSON.parse(line).result);
  await until(() => said().length >= BAD.length);
  assert.deepEqual([...new Set(said())].sort(), ["malformed", "media-type", "redirect", "too-large", "unreachable"]);
});

test("who signs is known, and who pretends is not", async () => {
  await until(async () => (await ask(signed("good"))).known);
  const stranger = newKeys();
  for (const [headers, known] of [
    [signed("good"), true],
    [signed("good", { keys: stranger }), false],
    [signed("good", { keys: stranger, keyid: thumbprint(own) }), false],
    [signed("good", { authority: "other.example" }), false],
    [signed("good", { age: 600 }), false],
    [signed("nobody"), false],
    [{}, false],
  ]) {
    assert.deepEqual(await ask(headers).then(({ status, known }) => ({ status, known })), { status: 200, known });
  }
  assert.equal((await ask(signed("blocked"))).status, 403, "an agent that is known may be refused");
});

test("no request causes a fetch of what it names", async () => {
  for (const host of ["evil", "good.agents.test:1234/x"]) await ask(signed(host));
  await sleep(1_200);
  await ask({});
  assert.deepEqual(directories.asked.filter((url) => url.startsWith("evil")), []);
  assert.equal(directories.asked.filter((url) => url.startsWith("good")).length, 1);
});

test("a server that recovers is asked again", async () => {
  Object.assign(directories.ways, { redirect: "good", malformed: "good", gone: "good" });
  for (const host of ["redirect", "malformed", "gone"]) await until(async () => (await ask(signed(host))).known);
});

test("a timeout that is none is refused", async () => {
  const wrong = await startWorkerd({ outbound: directories.address, env: { OUTWORK_KEYS: KEYS, OUTWORK_AGENTS_TIMEOUT_MS: "soon" } });
  try {
    assert.equal((await call(wrong.port, "/")).status, 500);
    await until(() => wrong.lines.some((line) => line.includes("OUTWORK_AGENTS_TIMEOUT_MS")));
  } finally {
    await wrong.stop();
  }
});
