// The cases of tests/limits, as every store of limits has to play them: by an isolate's own buckets, and by Durable Objects. All at the same
// time, each from addresses of its own, by the clock.
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { BROWSER, call } from "./support/client.mjs";
import { KEYS } from "./support/keys.mjs";
import { startOrigin } from "./support/origin.mjs";
import { ROOT, startWorkerd, testBundle, until } from "./support/workerd.mjs";

const SUITE = join(ROOT, "tests/limits");
const { outcomes, cases } = JSON.parse(readFileSync(join(SUITE, "cases.json"), "utf8"));

const folder = mkdtempSync(join(tmpdir(), "outwork-limits-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));

/** The suite's policy, its limits of this scope. */
function bundle(scope) {
  const policy = join(folder, scope);
  cpSync(join(SUITE, "policy"), policy, { recursive: true });
  const file = join(policy, "outwork.toml");
  writeFileSync(file, readFileSync(file, "utf8").replaceAll('scope = "local"', `scope = "${scope}"`));
  return testBundle(policy);
}

/** Plays a case. What each of its requests must lead to, and what its client was told, by path: what was decided stands in the log. */
async function play(edge, number, { path, steps }) {
  const asked = [];
  const clients = [undefined];
  for (const [place, step] of steps.entries()) {
    await sleep(step.wait ?? 0);
    if (!clients.includes(step.as)) clients.push(step.as);
    const headers = { ...BROWSER, ...step.headers, "cf-connecting-ip": `192.0.${number}.${clients.indexOf(step.as)}` };
    for (const [turn, outcome] of (step.ask ?? []).entries()) {
      const target = `${step.path ?? path}${100 * place + turn}`;
      const began = Date.now();
      const response = await call(edge.port, target, { method: step.method, headers });
      const reasons = outcome === "allow" ? null : step.reasons;
      // A timer may be early by a tenth of what it was told; a machine may be late by any time.
      const held = outcome !== "allow" && "held" in step ? Date.now() - began >= 0.9 * step.held : true;
      asked.push({ target, reasons, held, ...outcomes[outcome], got: { status: response.status, retry: "retry-after" in response.headers } });
    }
  }
  return asked;
}

/** The records of these requests, by path. */
async function recorded(edge, targets) {
  const byPath = () => {
    const records = edge.lines.filter((line) => line.startsWith('{"time"')).map((line) => JSON.parse(line));
    return new Map(records.map((record) => [record.http_request.url.path, record.unmapped.outwork]));
  };
  await until(() => targets.every((target) => byPath().has(target)), () => "some requests left no record", 200);
  return byPath();
}

let origin;
before(async () => {
  origin = await startOrigin();
});
after(() => origin?.stop());

const SCOPES = ["local", "global"];
describe("limits", { concurrency: SCOPES.length }, () => SCOPES.forEach(played));

function played(scope) {
  describe(`of scope ${scope}`, { concurrency: cases.length }, () => {
    let edge;
    before(async () => {
      const env = { OUTWORK_KEYS: KEYS, OUTWORK_ON_ERROR: "closed", OUTWORK_LIMITS_SHARDS: "4", OUTWORK_LIMITS_TIMEOUT_MS: "10000" };
      edge = await startWorkerd({ outbound: origin.address, env, bundle: bundle(scope), disk: mkdtempSync(join(folder, "disk-")) });
    });
    after(() => edge?.stop());

    for (const [number, one] of cases.entries()) {
      test(one.name, async () => {
        const asked = await play(edge, number, one);
        assert.deepEqual(asked.filter(({ held }) => !held), [], "held back");
        const records = await recorded(edge, asked.map(({ target }) => target));
        const got = asked.map(({ target, reasons, got }) => {
          const { verdict, reasons: given } = records.get(target);
          return { target, verdict, ...got, reasons: reasons && given.map(({ id }) => id) };
        });
        assert.deepEqual(got, asked.map(({ target, verdict, status, retry, reasons }) => ({ target, verdict, status, retry, reasons })));
        assert.ok(!edge.lines.some((line) => line.includes("limits-unreachable")), "the objects answered");
      });
    }
  });
}
