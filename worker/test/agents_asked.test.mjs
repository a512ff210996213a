// An agent whose keys change: which of them verify, what is asked of who signs none, and what it may do with one. tests/agents asks the same of Envoy.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import { FORMS, signed as signedByPackage } from "../../tests/agents/packaged.mjs";
import { PATH, newKeys, signed, startDirectories } from "./support/agents.mjs";
import { call } from "./support/client.mjs";
import { KEYS } from "./support/keys.mjs";
import { startOrigin } from "./support/origin.mjs";
import { startWorkerd, testBundle, until } from "./support/workerd.mjs";

const WANTED = 'sig1=("@authority" "signature-agent");created;expires;tag="web-bot-auth"';
const HOST = "rotating";

let origin, directories, edge;
let keys = newKeys();
before(async () => {
  origin = await startOrigin();
  directories = await startDirectories([keys], 1);
  edge = await startWorkerd({ outbound: directories.address, service: origin.address, env: { OUTWORK_KEYS: KEYS }, bundle: testBundle("tests/agents/asked") });
});
after(async () => {
  await edge?.stop();
  await directories?.stop();
  await origin?.stop();
});

const ask = (path, headers = {}, body) => call(edge.port, path, { headers, body, method: body === undefined ? "GET" : "POST" });
const knows = async (keys) => (await ask("/", signed(HOST, { keys }))).status === 200;

/** Whether the origin is told who it is, of a request that is let through whoever sends it. */
async function isNamed(keys) {
  const answer = await ask("/open", signed(HOST, { keys }));
  assert.equal(answer.status, 200);
  return answer.json().headers["outwork-risk"].includes('agent="agent.rotating"');
}

test("keys rotate with overlap, and what is withdrawn verifies no longer", async () => {
  const [old, fresh] = [keys, newKeys()];
  await until(() => knows(old));
  assert.deepEqual([await isNamed(old), await isNamed(fresh)], [true, false]);
  directories.keys = [old, fresh];
  await until(() => knows(fresh));
  assert.ok(await knows(old), "both, while both are published");
  directories.keys = [fresh];
  await until(async () => !(await knows(old)));
  assert.ok(await knows(fresh));
  assert.equal(await isNamed(old), false, "and is let through where anybody is");
  keys = fresh;
});

test("a directory that is gone leaves what is known", async () => {
  await until(() => knows(keys));
  directories.ways[HOST] = "gone";
  const failed = () => edge.lines.filter((line) => line.includes("directory-not-fetched")).length;
  const before = failed();
  await until(async () => {
    assert.ok(await knows(keys));
    return failed() > before;
  });
  assert.ok(await knows(keys));
  delete directories.ways[HOST];
  const fetched = directories.asked.length;
  await until(async () => {
    assert.ok(await knows(keys));
    return directories.asked.length > fetched + 1;
  });
  assert.equal(directories.asked.at(-1), `${HOST}${PATH}`);
});

test("who is refused and looks at no page is asked to sign", async () => {
  const refused = await ask("/");
  assert.deepEqual([refused.status, refused.headers["content-type"], refused.headers["accept-signature"]], [403, "application/problem+json", WANTED]);
  const page = await ask("/", { accept: "text/html" });
  assert.deepEqual([page.status, page.headers["accept-signature"]], [403, undefined]);
  assert.equal((await ask("/open")).headers["accept-signature"], undefined);
});

test("a signature is used up, and another is asked for", async () => {
  await until(() => knows(keys));
  const first = signed(HOST, { keys });
  const answers = [];
  for (let turn = 0; turn < 5; turn += 1) answers.push(await ask("/often", first));
  assert.deepEqual(answers.map(({ status }) => status), [200, 200, 200, 429, 429]);
  assert.equal(answers[4].headers["accept-signature"], WANTED);
  assert.equal((await ask("/often", signed(HOST, { keys, lifetime: 61 }))).status, 200, "another signature of the same agent");
});

test("an agent that is excused has its body bound", async () => {
  await until(() => knows(keys));
  const body = Buffer.from("amount=12");
  const answer = await ask("/pay", signed(HOST, { keys }), body);
  assert.equal(answer.status, 200);
  const { headers } = answer.json();
  assert.match(headers["outwork-risk"], /agent="agent.rotating"/);
  assert.match(headers["outwork-risk"], /transaction="pay";body=bound/);
  assert.equal(headers["content-digest"], `sha-256=:${createHash("sha256").update(body).digest("base64")}:`);
  // The agent's own signature goes on beside ours.
  assert.match(headers["signature-input"], /sig1=\("@authority"/);
  assert.match(headers["signature-input"], /outwork=\("@method" "@authority" "@path" "@query" "outwork-risk" "content-digest"\)/);
  assert.equal((await ask("/pay", {}, body)).status, 403, "who is not excused is challenged");
  const checkout = await ask("/checkout", signed(HOST, { keys }), body);
  assert.deepEqual([checkout.status, checkout.headers["accept-signature"]], [403, undefined], "what a transaction demands holds for agents, too");
});

for (const form of Object.keys(FORMS)) {
  // As an agent does that signs only when it is asked to, like redbot.
  test(`the package web-bot-auth signs what is asked for: ${form}`, async () => {
    await until(() => knows(keys));
    const jwk = keys.privateKey.export({ format: "jwk" });
    const of = (url) => signedByPackage(jwk, url, `https://${HOST}.agents.test`, form);
    const asked = (await ask("/")).headers["accept-signature"].split(";");
    const fields = await of("https://shop.example/");
    assert.ok(fields["signature-input"].startsWith(asked[0]) && fields["signature-input"].endsWith(asked.at(-1)));
    assert.equal((await ask("/", fields)).status, 200);
    assert.equal((await ask("/", await of("https://other.example/"))).status, 403);
  });
}
