// A Rate Limiting binding in the place of Durable Objects, as Miniflare simulates it: it counts, and the isolate keeps the ladder.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Miniflare } from "miniflare";
import { BROWSER } from "./support/client.mjs";
import { KEYS } from "./support/keys.mjs";
import { ROOT, testBundle } from "./support/workerd.mjs";
import "./support/ending.mjs";

const folder = join(ROOT, "worker");

const LIMIT = { simple: { limit: 4, period: 60 } };

let edge;
let said = "";
before(async () => {
  edge = new Miniflare({
    host: "127.0.0.1",
    port: 0,
    cf: false,
    modulesRoot: folder,
    modules: modules(),
    compatibilityDate: "2026-04-01",
    bindings: { OUTWORK_KEYS: KEYS, OUTWORK_ON_ERROR: "closed", OUTWORK_LIMITS_TIMEOUT_MS: "5000" },
    durableObjects: { OUTWORK_LIMITS: { className: "Limits", useSQLite: true } },
    ratelimits: { OUTWORK_LIMIT_COARSE_PATH: LIMIT, OUTWORK_LIMIT_MISSPELT: LIMIT },
    outboundService: () => new Response("origin"),
    handleRuntimeStdio: (records, errors) => {
      records.resume();
      errors.on("data", (text) => (said += text));
    },
  });
  await edge.ready;
});
beforeEach(theMinute);
after(() => edge?.dispose());

function modules() {
  const shell = readdirSync(join(folder, "shell")).filter((name) => name.endsWith(".js") && name !== "worker.js");
  const scripts = ["shell/worker.js", ...shell.map((name) => `shell/${name}`)];
  return [
    ...scripts.map((name) => ({ type: "ESModule", path: join(folder, name), contents: readFileSync(join(folder, name)) })),
    { type: "CompiledWasm", path: join(folder, "dist/outwork.wasm"), contents: readFileSync(join(folder, "dist/outwork.wasm")) },
    { type: "Data", path: join(folder, "dist/policy.bundle"), contents: readFileSync(testBundle("worker/test/limits")) },
  ];
}

/** Miniflare's windows begin with the minutes of the clock: a test shall not meet the next one. */
async function theMinute() {
  const left = 60_000 - (Date.now() % 60_000);
  if (left < 20_000) await sleep(left + 100);
}

async function statuses(count, path, client) {
  const all = [];
  for (let turn = 0; turn < count; turn += 1) {
    const response = await edge.dispatchFetch(`http://shop.example${path}`, { headers: { ...BROWSER, "cf-connecting-ip": client } });
    await response.arrayBuffer();
    all.push(response.status);
  }
  return all;
}

test("a binding of a limit's name counts what its requests cost, by client", async () => {
  assert.deepEqual(await statuses(3, "/coarse", "203.0.113.1"), [200, 200, 429], "two tokens each of four");
  assert.deepEqual(await statuses(3, "/coarse", "203.0.113.2"), [200, 200, 429]);
});

test("the ladder is the limit's own: who does not stop is shut out", async () => {
  assert.deepEqual(await statuses(3, "/coarse", "203.0.113.3"), [200, 200, 429]);
  await sleep(1_100);
  const headers = { ...BROWSER, "cf-connecting-ip": "203.0.113.3" };
  const refused = await edge.dispatchFetch("http://shop.example/coarse", { headers });
  assert.deepEqual([refused.status, refused.headers.get("retry-after")], [429, "2"], "the term of the second rung");
  await refused.arrayBuffer();
});

test("other global limits stay with the objects", async () => {
  assert.deepEqual(await statuses(4, "/global", "203.0.113.1"), [200, 200, 200, 429]);
});

test("a binding that stands for no limit is named once", () => {
  assert.equal(said.split("bindings-without-limit").length, 2, said);
  assert.match(said, /"bindings":\["OUTWORK_LIMIT_MISSPELT"\]/);
});
