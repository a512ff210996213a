// A session is observed and a challenge is passed in a real workerd, with the demo's policy.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { batchOf, siphash128 } from "./support/blob.mjs";
import { BROWSER, call } from "./support/client.mjs";
import { KEYS } from "./support/keys.mjs";
import { startOrigin } from "./support/origin.mjs";
import { ROOT, startWorkerd, testBundle } from "./support/workerd.mjs";

const PREFIX = "/.well-known/outwork/";
const SENT = { ...BROWSER, "x-test-scheme": "https" };

let origin, edge;
before(async () => {
  origin = await startOrigin();
  edge = await startWorkerd({ outbound: origin.address, env: { OUTWORK_KEYS: KEYS }, bundle: testBundle("rules/demo") });
});
after(async () => {
  await edge?.stop();
  await origin?.stop();
});

test("the MAC is the script's", () => {
  const { vectors } = JSON.parse(readFileSync(join(ROOT, "beacon/test/vectors.json"), "utf8"));
  for (const { key, blob } of vectors) {
    const made = Buffer.from(blob, "hex");
    assert.deepEqual(siphash128(Buffer.from(key, "hex"), made.subarray(0, -16)), made.subarray(-16));
  }
});

test("a session is opened, observed, and told to the origin; what comes again is refused", async () => {
  const hello = await call(edge.port, `${PREFIX}hello`, { method: "POST", headers: SENT });
  assert.equal(hello.status, 200);
  const said = hello.json();
  const key = Buffer.from(said.key, "base64url");
  let cookie = cookieOf(hello);
  const first = batchOf({ key, sequence: said.next });
  const send = (body) => call(edge.port, `${PREFIX}beacon`, { method: "POST", headers: { ...SENT, cookie, "content-type": "application/octet-stream" }, body });
  const taken = await send(first);
  assert.equal(taken.status, 204);
  cookie = cookieOf(taken);
  assert.ok(cookie.length <= 400, `${cookie.length} bytes`);
  assert.equal((await send(first)).status, 409, "the same batch");
  const forged = batchOf({ key: Buffer.alloc(16), sequence: said.next + 1 });
  assert.equal((await send(forged)).status, 403, "another key");
  await call(edge.port, "/", { headers: { ...SENT, cookie } });
  assert.match(origin.requests.at(-1).headers["outwork-risk"], /window=inside/);
  assert.deepEqual(origin.requests.filter(({ url }) => url.startsWith(PREFIX)), []);
});

test("a challenge is passed once, and then the page is the origin's again", async () => {
  const asked = await call(edge.port, "/members", { headers: SENT });
  assert.equal(asked.status, 403);
  const [, challenge] = /data-challenge="([^"]+)"/.exec(asked.body.toString());
  const [, bits] = /data-bits="(\d+)"/.exec(asked.body.toString());
  const body = Buffer.from(JSON.stringify({ challenge, answer: String(solve(challenge, Number(bits))) }));
  const answer = () => call(edge.port, `${PREFIX}challenge`, { method: "POST", headers: { ...SENT, "content-type": "application/json" }, body });
  const solved = await answer();
  assert.equal(solved.status, 200, solved.body.toString());
  assert.equal((await call(edge.port, "/members", { headers: { ...SENT, cookie: cookieOf(solved) } })).status, 200);
  assert.equal((await answer()).status, 409);
});

function cookieOf({ headers }) {
  return headers["set-cookie"][0].split(";")[0];
}

function solve(challenge, bits) {
  for (let counter = 0; ; counter += 1) {
    const hash = createHash("sha256").update(`${challenge}:${counter}`).digest();
    if (hash.readBigUInt64BE() >> BigInt(64 - bits) === 0n) return counter;
  }
}
