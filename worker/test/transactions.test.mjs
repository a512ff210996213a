// Transactions in a real workerd: what is held until its body is there, what the origin can prove about it, and what is refused.
import assert from "node:assert/strict";
import { createHash, createHmac, hkdfSync } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { connect } from "node:net";
import { after, before, beforeEach, mock, test } from "node:test";
import { HeldBody, LONGEST, LateError } from "../shell/body.js";
import { call } from "./support/client.mjs";
import { KEYS } from "./support/keys.mjs";
import { startWorkerd, testBundle } from "./support/workerd.mjs";

const HEADERS = { "x-test-scheme": "https", "cf-connecting-ip": "203.0.113.9", accept: "application/json" };

let origin, edge, bound;
before(async () => {
  origin = await startKeeper();
  const options = { outbound: origin.address, env: { OUTWORK_KEYS: KEYS }, bundle: testBundle("tests/transactions/policy") };
  edge = await startWorkerd(options);
  bound = await startWorkerd({ ...options, service: origin.address });
});
after(async () => {
  await edge?.stop();
  await bound?.stop();
  await origin?.stop();
});
beforeEach(() => origin.came.splice(0));

/** An origin that keeps every request with its body. */
async function startKeeper() {
  const came = [];
  const server = createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    came.push({ method: request.method, url: request.url, headers: request.headers, body: Buffer.concat(parts) });
    response.end();
  });
  server.keepAliveTimeout = 120_000;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const stop = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
  return { address: `127.0.0.1:${server.address().port}`, came, stop };
}

const post = (path, body, { headers = {}, to = edge, method = "POST" } = {}) => call(to.port, path, { method, headers: { ...HEADERS, ...headers }, body });

async function* inParts(body, size = 700) {
  for (let at = 0; at < body.length; at += size) yield body.subarray(at, at + size);
}

const digest = (body) => `sha-256=:${createHash("sha256").update(body).digest("base64")}:`;

/** What the signature says of a request that came: its member, and whether it holds for this body. */
function told({ method, url, headers, body }) {
  const parameters = headers["signature-input"].replace(/^outwork=/, "");
  const covers = parameters.startsWith('("@method" "@authority" "@path" "@query" "outwork-risk" "content-digest")');
  const [path, query = ""] = url.split("?");
  const base = [
    `"@method": ${method}`, `"@authority": ${headers.host}`, `"@path": ${path}`, `"@query": ?${query}`, `"outwork-risk": ${headers["outwork-risk"]}`,
    ...(covers ? [`"content-digest": ${headers["content-digest"]}`] : []), `"@signature-params": ${parameters}`,
  ].join("\n");
  const secret = Buffer.from(KEYS.split(":")[1], "base64");
  const key = Buffer.from(hkdfSync("sha256", secret, Buffer.alloc(0), "outwork/v1/evidence", 32));
  assert.equal(headers.signature, `outwork=:${createHmac("sha256", key).update(base).digest("base64")}:`);
  if (covers) assert.ok(headers["content-digest"].split(", ").includes(digest(body)), "the body is the one that was signed");
  return { member: headers["outwork-risk"].match(/transaction=("[^"]*";body=[a-z]+(?:;demand=[a-z]+)?)/)?.[1], covers };
}

for (const [name, to] of [["an address", () => edge], ["a binding", () => bound]]) {
  for (const body of [Buffer.alloc(0), Buffer.from("amount=12"), Buffer.alloc(1024, "x")]) {
    test("what nobody can send on with its body is refused", async () => {
  for (const to of [edge, bound]) {
    const headers = { "content-length": "5" };
    assert.equal((await post("/pay", Buffer.from("hello"), { method: "GET", to, headers })).status, 400);
    assert.equal(origin.came.length, 0);
    assert.equal((await post("/pay", Buffer.alloc(0), { method: "GET", to, headers: { "content-length": "0" } })).status, 200);
    const [{ method, headers: came }] = origin.came.splice(0);
    assert.deepEqual([method, came["content-digest"]], ["GET", digest(Buffer.alloc(0))]);
  }
});

test(`${body.length} bytes arrive at ${name} as they were sent, under a signature that covers them`, async () => {
      for (const sent of [body, inParts(body)]) {
        assert.equal((await post("/pay?to=a", sent, { to: to() })).status, 200);
        const came = origin.came.at(-1);
        assert.deepEqual([came.method, came.url, came.body], ["POST", "/pay?to=a", body]);
        assert.deepEqual(told(came), { member: '"pay";body=bound', covers: true });
        assert.equal(came.headers["content-digest"], digest(body));
      }
    });
  }

  test(`more than the cap goes on to ${name} whole, and unbound`, async () => {
    const large = Buffer.alloc(300_000, "abcdefghijklmnopqrstuvwxyz");
    for (const sent of [large, inParts(large)]) {
      assert.equal((await post("/report", sent, { to: to() })).status, 200);
      const came = origin.came.at(-1);
      assert.ok(came.body.equals(large), `${came.body.length} bytes`);
      assert.deepEqual(told(came), { member: '"report";body=unbound', covers: false });
      assert.equal(came.headers["content-digest"], undefined);
    }
  });
}

test("a request without a body is bound as one of nothing", async () => {
  assert.equal((await post("/pay", undefined, { method: "GET" })).status, 200);
  assert.deepEqual(told(origin.came[0]), { member: '"pay";body=bound', covers: true });
});

test("more than the cap is refused where the policy says so", async () => {
  for (const sent of [Buffer.alloc(1025), inParts(Buffer.alloc(1025)), inParts(Buffer.alloc(4_000))]) {
    const answer = await post("/pay", sent);
    assert.deepEqual([answer.status, answer.headers["content-type"], answer.json().status], [413, "application/problem+json", 413]);
  }
  assert.deepEqual(origin.came, []);
});

test("a client's own digest is kept where it is right, and refused where it is wrong", async () => {
  const own = `sha-512=:${createHash("sha512").update("a=1").digest("base64")}:`;
  for (const [sent, expected] of [
    [digest("a=1"), digest("a=1")],
    [own, `${own}, ${digest("a=1")}`],
    ["nonsense;;", digest("a=1")],
    [digest("a=2"), null],
  ]) {
    origin.came.splice(0);
    const { status } = await post("/pay", Buffer.from("a=1"), { headers: { "content-digest": sent } });
    assert.equal(status, expected === null ? 400 : 200, sent);
    assert.equal(origin.came[0]?.headers["content-digest"] ?? null, expected);
    if (expected !== null) told(origin.came[0]);
  }
});

test("without a window it is challenged, and goes on once that is passed", async () => {
  const answer = await post("/checkout", Buffer.from("amount=12"));
  assert.deepEqual([answer.status, origin.came.length], [403, 0]);
  const { challenge } = answer.json();
  const zeros = (number) => createHash("sha256").update(`${challenge.token}:${number}`).digest()[0] >> (8 - challenge.bits);
  let number = 0;
  while (zeros(number) !== 0) number += 1;
  const solved = Buffer.from(JSON.stringify({ challenge: challenge.token, answer: String(number) }));
  const passed = await post(challenge.answer_to, solved, { headers: { "content-type": "application/json" } });
  assert.equal(passed.status, 200, passed.body.toString());
  const cookie = [passed.headers["set-cookie"]].flat()[0].split(";")[0];
  assert.equal((await post("/checkout", Buffer.from("amount=12"), { headers: { cookie } })).status, 200);
  assert.deepEqual(told(origin.came[0]), { member: '"checkout";body=bound;demand=cleared', covers: true });
  assert.match(origin.came[0].headers["outwork-risk"], /verdict=tag.*window=none.*"challenge.cleared"/);
  assert.equal((await post("/told", Buffer.from("amount=12"))).status, 200);
  assert.deepEqual(told(origin.came[1]), { member: '"told";body=none;demand=unmet', covers: false });
});

test("it is charged once, and before its body is there", async () => {
  const statuses = [];
  for (let turn = 0; turn < 3; turn += 1) statuses.push((await post("/pay/limited", Buffer.from("a=1"))).status);
  assert.deepEqual(statuses, [200, 200, 429]);
  const socket = connect(edge.port, "127.0.0.1");
  socket.write("POST /pay/limited HTTP/1.1\r\nhost: shop.example\r\ncf-connecting-ip: 203.0.113.9\r\nx-test-scheme: https\r\ncontent-length: 900\r\n\r\n");
  const [head] = await once(socket, "data");
  socket.destroy();
  assert.match(head.toString(), /^HTTP\/1.1 429 /);
});

test("a client that is gone in the middle of its body harms nobody and reaches nobody", async () => {
  for (let turn = 0; turn < 20; turn += 1) {
    const socket = connect(edge.port, "127.0.0.1");
    socket.write("POST /pay HTTP/1.1\r\nhost: shop.example\r\ncf-connecting-ip: 203.0.113.9\r\ncontent-length: 900\r\n\r\namount");
    await new Promise((resolve) => setTimeout(resolve, 5));
    socket.destroy();
  }
  assert.equal((await post("/pay", Buffer.from("amount=12"))).status, 200);
  assert.equal(origin.came.length, 1);
});

test("a body that drips is not waited for", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const drips = () => new Response(new ReadableStream({ start: (stream) => stream.enqueue(new Uint8Array(1)) }));
    const reading = HeldBody.inTime(drips(), 1024);
    const outcome = reading.then(() => "read", (error) => error instanceof LateError);
    mock.timers.tick(LONGEST - 1);
    assert.equal(await Promise.race([outcome, new Promise((resolve) => setImmediate(() => resolve("waits")))]), "waits");
    mock.timers.tick(1);
    assert.equal(await outcome, true);
    assert.equal((await HeldBody.inTime(new Response("amount=12"), 1024)).bytes().length, 9, "one that ends is read");
  } finally {
    mock.timers.reset();
  }
});
