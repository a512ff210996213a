// Limits of scope `global` in Durable Objects of a real workerd: what they admit, what they survive, and what becomes of requests without them.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { BROWSER, call } from "./support/client.mjs";
import { KEYS } from "./support/keys.mjs";
import { startOrigin } from "./support/origin.mjs";
import { said, startWorkerd, testBundle, until } from "./support/workerd.mjs";

const TRAP = { "x-trap": "1" };
/** With a core of its own: only what objects keep is remembered. */
const FRESH = { "x-fresh": "1" };

let origin;
before(async () => {
  origin = await startOrigin();
});
after(() => origin?.stop());

/**
 * Starts a workerd whose objects keep what they store in a folder of their own, or in that of one before it. They may take their time, where
 * time is not what is tested.
 */
async function withEdge(use, { env = {}, disk = folder(), ...options } = {}) {
  const settings = { OUTWORK_KEYS: KEYS, OUTWORK_ON_ERROR: "closed", OUTWORK_LIMITS_SHARDS: "1", OUTWORK_LIMITS_TIMEOUT_MS: "5000", ...env };
  const edge = await startWorkerd({ outbound: origin.address, env: settings, bundle: testBundle("worker/test/limits"), entry: "test/entries/limits.js", disk, ...options });
  try {
    return await use(edge);
  } finally {
    await edge.stop();
  }
}

const disks = mkdtempSync(join(tmpdir(), "outwork-objects-"));
process.once("exit", () => rmSync(disks, { recursive: true, force: true }));
const folder = () => mkdtempSync(join(disks, "disk-"));

const ask = (edge, path, client = "203.0.113.9", headers = {}) =>
  call(edge.port, path, { headers: { ...BROWSER, ...headers, "cf-connecting-ip": client }, cf: { country: "DE" } });

/** The statuses of so many requests, one after another. */
async function statuses(edge, count, ...request) {
  const all = [];
  for (let turn = 0; turn < count; turn += 1) all.push((await ask(edge, ...request)).status);
  return all;
}

const order = async (edge, name, given = {}) => {
  const { body } = await call(edge.port, `/test/${name}?${new URLSearchParams(given)}`);
  return name === "end" ? null : JSON.parse(body.toString());
};

const logged = (edge, what) => edge.lines.filter((line) => line.includes(`"outwork":"${what}"`));

test("isolates share what they admit, by client", () =>
  withEdge(async (edge) => {
    assert.deepEqual(await statuses(edge, 5, "/global", undefined, FRESH), [200, 200, 200, 429, 429]);
    const { status, headers } = await ask(edge, "/global", undefined, { accept: "application/json" });
    assert.deepEqual([status, headers["content-type"]], [429, "application/problem+json"]);
    assert.ok(Number(headers["retry-after"]) > 0);
    assert.deepEqual(await statuses(edge, 4, "/global", "203.0.113.10", FRESH), [200, 200, 200, 429]);
    assert.deepEqual(logged(edge, "limits-unreachable"), []);
  }));

test("requests at the same time are counted one by one", () =>
  withEdge(async (edge) => {
    const all = await Promise.all(Array.from({ length: 20 }, () => ask(edge, "/global", undefined, FRESH)));
    assert.equal(all.filter(({ status }) => status === 200).length, 3);
  }));

test("every limit is charged once, and an object is asked once a request", () =>
  withEdge(async (edge) => {
    assert.deepEqual(await statuses(edge, 4, "/both"), [200, 200, 429, 429], "the local one has two tokens");
    assert.equal((await order(edge, "look")).calls, 4);
    assert.deepEqual(await statuses(edge, 1, "/both", undefined, FRESH), [429], "the global one had four");
    assert.deepEqual(await statuses(edge, 3, "/both", "203.0.113.10", FRESH), [200, 200, 200]);
    assert.equal((await order(edge, "look")).rows, 3, "two addresses and a country");
  }));

test("keys are spread over as many objects as there are to be", () =>
  withEdge(async (edge) => {
    for (let client = 1; client <= 60; client += 1) assert.equal((await ask(edge, "/global", `203.0.113.${client}`)).status, 200);
    const rows = await Promise.all(["0", "1", "2", "3"].map(async (shard) => (await order(edge, "look", { shard })).rows));
    assert.deepEqual([rows[3], rows[0] + rows[1] + rows[2]], [0, 60], rows.join(" "));
    assert.ok(Math.min(...rows.slice(0, 3)) >= 5, rows.join(" "));
    assert.deepEqual(await statuses(edge, 3, "/global", "203.0.113.60"), [200, 200, 429]);
  }, { env: { OUTWORK_LIMITS_SHARDS: "3" } }));

test("what is counted and who is shut out survives an object and workerd itself", async () => {
  const disk = folder();
  await withEdge(async (edge) => {
    assert.deepEqual(await statuses(edge, 2, "/global"), [200, 200]);
    assert.deepEqual(await statuses(edge, 2, "/ladder"), [200, 429]);
    await order(edge, "end");
    assert.equal((await order(edge, "look")).calls, 0, "another object");
    assert.deepEqual(await statuses(edge, 2, "/global"), [200, 429]);
    await sleep(5_100);
    assert.deepEqual(await statuses(edge, 1, "/ladder"), [429], "there are tokens, but a rung");
  }, { disk });
  for (let restart = 0; restart < 2; restart += 1) {
    await withEdge(async (edge) => {
      assert.deepEqual(await statuses(edge, 1, "/global"), [429]);
      assert.deepEqual(await statuses(edge, 1, "/ladder"), [429]);
      assert.deepEqual(await statuses(edge, 1, "/global", "203.0.113.10"), [200]);
    }, { disk });
  }
});

/** Until the object is asked again after it was gone, each time by a client of its own: an answer may be late once more. */
const untilCounted = (edge, client = 1) => until(async () => (await statuses(edge, 2, "/closed", `198.51.100.${client++}`)).join() === "200,429", undefined, 100);

test("an object that does not answer costs nobody more than the timeout, and only one at a time", () =>
  withEdge(async (edge) => {
    const waits = [];
    const timed = async (path) => {
      const began = Date.now();
      const { status } = await ask(edge, path);
      waits.push(Date.now() - began);
      return status;
    };
    await order(edge, "slow", { ms: "60000" });
    for (let turn = 0; turn < 3; turn += 1) assert.equal(await timed("/closed"), 503, "it counts as gone after the third");
    // By how long the object takes there is plenty of time between the two.
    assert.ok(waits.every((wait) => wait >= 300 && wait < 15_000), waits.join(" "));
    const [{ calls }, began] = [await order(edge, "look"), Date.now()];
    for (const [path, expected] of [["/open", [200, 200, 200]], ["/global", [200, 200, 200, 429]]]) {
      for (const status of expected) assert.equal(await timed(path), status, "a bucket of the isolate's own");
    }
    // One asks 250 ms after it counted as gone, the next half a second later, and then one a second.
    const asked = (await order(edge, "look")).calls - calls;
    assert.ok(asked <= 2 + (Date.now() - began) / 1_000, `${asked} of 7 in ${Date.now() - began} ms`);
    assert.match((await said(edge, "limits-unreachable"))[0].error, /no answer in 300 ms/);
    await order(edge, "end");
    await untilCounted(edge);
  }, { env: { OUTWORK_LIMITS_TIMEOUT_MS: "300" } }));

test("an object that fails is as one that does not answer", () =>
  withEdge(async (edge) => {
    await order(edge, "slow", { ms: "-1" });
    assert.equal((await ask(edge, "/closed")).status, 503);
    assert.deepEqual(await statuses(edge, 2, "/open"), [200, 200]);
    assert.match((await said(edge, "limits-unreachable"))[0].error, /as the test wants it/);
    await order(edge, "slow", { ms: "0" });
    await untilCounted(edge);
  }));

test("a core that traps while a request waits takes nothing from it", () =>
  withEdge(async (edge) => {
    await order(edge, "slow", { ms: "1500" });
    const waiting = Array.from({ length: 6 }, () => ask(edge, "/both", "203.0.113.11"));
    await until(async () => (await order(edge, "look")).calls === waiting.length);
    for (let trap = 0; trap < 3; trap += 1) assert.equal((await ask(edge, "/elsewhere", undefined, TRAP)).status, 500);
    const all = (await Promise.all(waiting)).map(({ status }) => status);
    assert.deepEqual(all.toSorted(), [200, 200, 429, 429, 429, 429], "what the core that is gone had charged still counts");
    assert.equal((await said(edge, "core-stopped", 3)).length, 3);
  }));

test("our own endpoints have global limits too, also those that take a body", () =>
  withEdge(async (edge) => {
    const post = () => call(edge.port, "/.well-known/outwork/beacon", { method: "POST", headers: { ...BROWSER, "content-type": "application/octet-stream" }, body: Buffer.alloc(40) });
    const all = [];
    for (let turn = 0; turn < 3; turn += 1) all.push((await post()).status);
    assert.deepEqual(all.map((status) => status === 429), [false, false, true], all.join(" "));
    const before = origin.requests.length;
    await post();
    assert.equal(origin.requests.length, before);
  }));

test("words that say nothing any more are deleted, and then nothing runs", () =>
  withEdge(async (edge) => {
    assert.deepEqual(await statuses(edge, 1, "/global"), [200]);
    let most = 0;
    for (let client = 1; client <= 10; client += 1) {
      await ask(edge, "/quick", `203.0.113.${client}`);
      most = Math.max(most, (await order(edge, "look")).rows);
    }
    assert.ok(most > 1);
    await until(async () => (await order(edge, "look")).rows === 1, undefined, 100);
    assert.deepEqual([(await order(edge, "look")).rows, (await order(edge, "look")).alarm], [1, true], "the minute of the last is not over");
  }));

test("an object where nothing is left sets no alarm", () =>
  withEdge(async (edge) => {
    assert.deepEqual(await statuses(edge, 2, "/quick"), [200, 200]);
    await until(async () => (await order(edge, "look")).rows === 0, undefined, 100);
    await until(async () => !(await order(edge, "look")).alarm, undefined, 100);
    assert.deepEqual(await statuses(edge, 1, "/global"), [200]);
    assert.equal((await order(edge, "look")).alarm, true);
  }));

test("an object keeps no more words than it may, and those who asked most for longest", () =>
  withEdge(async (edge) => {
    assert.deepEqual(await statuses(edge, 4, "/global", "198.51.100.1"), [200, 200, 200, 429]);
    for (let client = 1; client <= 100; client += 1) await ask(edge, "/global", `203.0.113.${client}`);
    const { rows } = await order(edge, "look");
    assert.ok(rows > 25 && rows <= 40, `${rows} rows`);
    assert.deepEqual(await statuses(edge, 1, "/global", "198.51.100.1"), [429]);
  }));

test("who is refused fills no object with names that it makes up", () =>
  withEdge(async (edge) => {
    const all = [];
    for (let turn = 0; turn < 20; turn += 1) all.push((await ask(edge, "/made-up", undefined, { "x-user": `name-${turn}` })).status);
    assert.equal(all.filter((status) => status === 200).length, 2);
    assert.equal((await order(edge, "look")).rows, 2, "those of the two that were admitted");
  }));

test("charges of another version are not read, and nothing is stored", () =>
  withEdge(async (edge) => {
    assert.equal((await order(edge, "step", { key: "1", charge: "00ff" })).rows, 0);
    assert.deepEqual(await statuses(edge, 1, "/global"), [200]);
  }));

test("without a binding a limit is as one whose object is gone, and that is said once", () =>
  withEdge(async (edge) => {
    assert.deepEqual(await statuses(edge, 4, "/global"), [200, 200, 200, 429]);
    assert.deepEqual(await statuses(edge, 2, "/open"), [200, 200]);
    assert.deepEqual(await statuses(edge, 1, "/closed"), [503]);
    const lines = await said(edge, "limits-without-binding");
    assert.equal(lines.length, 1);
    assert.ok(lines[0].limits.includes("closed.path") && !lines[0].limits.includes("both.local"));
  }, { disk: null, entry: "shell/worker.js" }));

for (const [name, value] of Object.entries({ OUTWORK_LIMITS_SHARDS: "many", OUTWORK_LIMITS_TIMEOUT_MS: "0", OUTWORK_LIMIT_COARSE_PATH: "5", OUTWORK_LIMITS: "x" })) {
  test(`${name} that cannot be used closes`, () =>
    withEdge(async (edge) => {
      assert.equal((await ask(edge, "/")).status, 500);
      assert.match((await said(edge, "policy-not-loaded"))[0].error, new RegExp(`${name} (is|must)`));
    }, { disk: null, entry: "shell/worker.js", env: { OUTWORK_ON_ERROR: "open", [name]: value } }));
}

test("a tarpit holds a refusal back, but not for all at once, and not the requests of others", () =>
  withEdge(async (edge) => {
    const timed = async (path, client) => {
      const began = Date.now();
      const { status } = await ask(edge, path, client);
      return [status, Date.now() - began];
    };
    assert.equal((await timed("/tarpit"))[0], 200);
    let ended = 0;
    const refused = Promise.all(Array.from({ length: 20 }, () => timed("/tarpit").finally(() => (ended += 1))));
    assert.deepEqual([(await timed("/elsewhere"))[0], ended], [200, 0], "it is answered while all of them are held back");
    for (const [status, took] of await refused) assert.deepEqual([status, took >= 4_950], [429, true], `${took} ms`);
  }, { disk: null, entry: "shell/worker.js" }));
