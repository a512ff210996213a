// What goes through the Worker is what was sent: bodies, cookies, redirects, WebSockets.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { WebSocket } from "ws";
import { BROWSER, call } from "./support/client.mjs";
import { KEYS } from "./support/keys.mjs";
import { CHUNKS, GZIPPED, startOrigin } from "./support/origin.mjs";
import { exchange } from "./support/wire.mjs";
import { recordOf, startWorkerd } from "./support/workerd.mjs";

let origin, edge;
before(async () => {
  origin = await startOrigin();
  edge = await startWorkerd({ outbound: origin.address, env: { OUTWORK_KEYS: KEYS } });
});
after(async () => {
  await edge?.stop();
  await origin?.stop();
});

test("a compressed body arrives byte for byte, whatever the client accepts", async () => {
  for (const accept of ["gzip, deflate, br, zstd", "identity"]) {
    const response = await call(edge.port, "/gzip", { headers: { ...BROWSER, "accept-encoding": accept } });
    assert.equal(response.headers["content-encoding"], "gzip");
    assert.deepEqual(response.body, GZIPPED);
  }
});

test("chunks arrive as they are sent", async () => {
  const heard = [];
  const { body } = await call(edge.port, "/slow", {
    // The next one is sent when this one is here.
    heard: (chunk) => {
      heard.push(chunk.toString());
      origin.next();
    },
  });
  assert.deepEqual(heard, Array.from({ length: CHUNKS }, (_, chunk) => `chunk ${chunk}\n`));
  assert.equal(body.toString(), heard.join(""));
});

test("several Set-Cookie headers stay apart", async () => {
  const { headers } = await call(edge.port, "/cookies");
  assert.deepEqual(headers["set-cookie"], ["a=1; Path=/", "b=2, c"]);
});

test("a redirect is the client's to follow", async () => {
  const { status, headers } = await call(edge.port, "/redirect");
  assert.deepEqual([status, headers.location], [302, "/elsewhere"]);
  assert.equal(origin.requests.at(-1).url, "/redirect");
});

test("304, HEAD and 404 keep status, headers and body", async () => {
  const fresh = await call(edge.port, "/fresh", { headers: { ...BROWSER, "if-none-match": '"1"' } });
  assert.deepEqual([fresh.status, fresh.headers.etag, fresh.body.length], [304, '"1"', 0]);
  const head = await call(edge.port, "/head", { method: "HEAD" });
  assert.deepEqual([head.status, head.headers["content-length"], head.body.length], [200, "1234", 0]);
  const missing = await call(edge.port, "/missing");
  assert.deepEqual([missing.status, missing.body.toString()], [404, "no such page\n"]);
});

test("20 MB go up whole, with and without a length", async () => {
  const body = randomBytes(20 * 1024 * 1024);
  const sha256 = createHash("sha256").update(body).digest("hex");
  const sized = { ...BROWSER, "content-length": String(body.length) };
  const whole = await call(edge.port, "/upload", { method: "PUT", headers: sized, body });
  assert.deepEqual(whole.json(), { bytes: body.length, sha256, length: String(body.length) });
  const parts = await call(edge.port, "/upload", { method: "PUT", body: slices(body) });
  assert.deepEqual(parts.json(), { bytes: body.length, sha256, length: null });
});

test("a WebSocket carries messages both ways, and its upgrade carries evidence", async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${edge.port}/socket`, { headers: { ...BROWSER, host: "shop.example" } });
  await once(socket, "open");
  for (const message of ["to and fro", randomBytes(70_000)]) {
    socket.send(message);
    const [data] = await once(socket, "message");
    assert.deepEqual(data, Buffer.from(message));
  }
  socket.close();
  await once(socket, "close");
  assert.match(origin.requests.at(-1).headers["outwork-risk"], /^risk=/);
});

test("method, path, query and host reach the origin as they were sent", async () => {
  const { url, method, headers } = (await call(edge.port, "/a//b/c?x=%41&y=%zz&z=%C3%A9", { method: "DELETE" })).json();
  assert.deepEqual([method, url, headers.host], ["DELETE", "/a//b/c?x=%41&y=%zz&z=%C3%A9", "shop.example"]);
});

test("the path that is judged is the one that the origin gets", async () => {
  const own = await startWorkerd({ outbound: origin.address, service: origin.address, env: { OUTWORK_KEYS: KEYS } });
  try {
    for (const host of [edge, own]) {
      for (const [sent, got] of [["/x/%2e%2E/admin?a='<\"", "/admin?a=%27%3C%22"], ["/a^b|c", "/a%5Eb|c"], ["/\u00ff", "/%EF%BF%BD"], ["/x/%2e%2e/.well-known/outwork/hello", undefined]]) {
        const before = origin.requests.length;
        await exchange(host.port, Buffer.from(`GET ${sent} HTTP/1.1`, "latin1"), [["host", Buffer.from("shop.example")], ["accept", Buffer.from("*/*")]]);
        const [came] = origin.requests.slice(before);
        assert.equal(came?.url, got);
        if (got === undefined) continue;
        await recordOf(host, (path) => path === got.split("?")[0]);
      }
    }
  } finally {
    await own.stop();
  }
});

test("a GET or HEAD goes on with its body, also where that has no bytes", async () => {
  const based = await startWorkerd({ outbound: origin.address, env: { OUTWORK_KEYS: KEYS, OUTWORK_ORIGIN: "http://origin.internal" } });
  try {
    for (const to of [edge, based]) {
      for (const text of ["", "hello"]) {
        const headers = { ...BROWSER, "content-length": String(text.length) };
        const { status, json } = await call(to.port, "/upload", { headers, body: Buffer.from(text) });
        assert.deepEqual([status, json().bytes], [200, text.length]);
        assert.equal((await call(to.port, "/head", { method: "HEAD", headers, body: Buffer.from(text) })).status, 200);
      }
    }
  } finally {
    await based.stop();
  }
});

test("a POST that asks for a WebSocket stays one, with its body", async () => {
  const headers = { ...BROWSER, upgrade: "websocket", connection: "upgrade", "content-length": "5" };
  await call(edge.port, "/upload", { method: "POST", headers, body: Buffer.from("hello") });
  const { method, headers: came } = origin.requests.at(-1);
  assert.deepEqual([method, came["content-length"], came.upgrade], ["POST", "5", undefined]);
  assert.match(came["outwork-risk"], /^risk=/);
});

test("an address that is none is a bad request, and the core stays", async () => {
  const logged = edge.lines.length;
  assert.equal((await call(edge.port, "/", { host: "shop.example:99999" })).status, 400);
  assert.equal((await call(edge.port, "/")).status, 200);
  assert.ok(!edge.lines.slice(logged).some((line) => line.includes("core-stopped")));
});

test("OUTWORK_ORIGIN names another host, and the origin learns which one was asked for", async () => {
  const elsewhere = await startWorkerd({
    outbound: origin.address,
    env: { OUTWORK_KEYS: KEYS, OUTWORK_ORIGIN: "http://origin.internal/" },
  });
  try {
    const { url, headers } = (await call(elsewhere.port, "/a?b=c", { headers: { ...BROWSER, "x-forwarded-host": "spoofed" } })).json();
    assert.equal(url, "/a?b=c");
    assert.equal(headers.host, "origin.internal");
    assert.equal(headers["x-forwarded-host"], "shop.example");
    assert.equal(headers["x-forwarded-proto"], "http");
  } finally {
    await elsewhere.stop();
  }
});

test("a service binding named ORIGIN comes before any URL", async () => {
  const bound = await startWorkerd({
    outbound: "127.0.0.1:9",
    service: origin.address,
    env: { OUTWORK_KEYS: KEYS, OUTWORK_ORIGIN: "http://never.example" },
  });
  try {
    const { url, headers } = (await call(bound.port, "/a?b=c")).json();
    assert.deepEqual([url, headers.host], ["/a?b=c", "shop.example"]);
  } finally {
    await bound.stop();
  }
});

async function* slices(body) {
  for (let at = 0; at < body.length; at += 65_536) yield body.subarray(at, at + 65_536);
}
