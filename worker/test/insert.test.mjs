// The script's tag in HTML: the list of tests/insert as Envoy makes it, and all that must not be touched.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { once } from "node:events";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync, gunzipSync } from "node:zlib";
import { BROWSER, call } from "./support/client.mjs";
import { KEYS } from "./support/keys.mjs";
import { ROOT, startWorkerd, until } from "./support/workerd.mjs";

const TAG = '<script src="/.well-known/outwork/beacon.js" async></script>';
const PAGES = JSON.parse(readFileSync(join(ROOT, "tests/insert/pages.json"), "utf8")).map(({ becomes }) => becomes);
const PAGE = "<!doctype html><html><head><title>a</title></head><body>b</body></html>";
const BECOMES = PAGE.replace("</head>", `${TAG}</head>`);

let origin, edge, serves;
before(async () => {
  origin = createServer(async (request, response) => {
    const { status = 200, headers = {}, chunks } = serves;
    const length = chunks.length === 1 ? { "content-length": Buffer.byteLength(chunks[0]) } : {};
    response.writeHead(status, { "content-type": "text/html; charset=utf-8", ...length, ...headers });
    if (request.method !== "HEAD" && status !== 304) for (const chunk of chunks) {
      response.write(chunk);
      if (chunks.length > 1) await sleep(5);
    }
    response.end();
  });
  origin.keepAliveTimeout = 120_000;
  origin.listen(0, "127.0.0.1");
  await once(origin, "listening");
  edge = await startWorkerd({ outbound: `127.0.0.1:${origin.address().port}`, env: { OUTWORK_KEYS: KEYS, OUTWORK_INSERT: "consent" } });
});
after(async () => {
  await edge?.stop();
  origin?.closeAllConnections();
  origin?.close();
});

for (const becomes of PAGES.filter((page) => page !== "")) {
  test(`${becomes.slice(0, 70)}`, async () => {
    serves = { chunks: [becomes.replace("{tag}", "")] };
    const { body } = await call(edge.port, "/");
    assert.equal(body.toString(), becomes.replace("{tag}", TAG));
  });
}

test("a page in chunks has its tag, wherever it is split", async () => {
  serves = { chunks: [...PAGE] };
  assert.equal((await call(edge.port, "/")).body.toString(), BECOMES);
});

test("a compressed page has it too", async () => {
  serves = { chunks: [gzipSync(PAGE)], headers: { "content-encoding": "gzip" } };
  const { headers, body } = await call(edge.port, "/", { headers: { ...BROWSER, "accept-encoding": "gzip" } });
  assert.equal((headers["content-encoding"] === "gzip" ? gunzipSync(body) : body).toString(), BECOMES);
});

for (const [why, served] of Object.entries({
  "another type": { headers: { "content-type": "application/json" } },
  "another type that begins alike": { headers: { "content-type": "text/html2" } },
  "another status": { status: 404 },
  "a page that may not be changed": { headers: { "cache-control": "max-age=5, no-transform" } },
  "an encoding that is not known": { headers: { "content-encoding": "x-own" } },
})) {
  test(`${why} is not touched`, async () => {
    serves = { chunks: [PAGE], ...served, headers: { etag: '"a"', ...served.headers } };
    const { headers, body } = await call(edge.port, "/");
    assert.deepEqual([body.toString(), headers.etag], [PAGE, '"a"']);
  });
}

test("HEAD, 304 and what a script fetches are not touched", async () => {
  serves = { chunks: [PAGE], headers: { etag: '"a"' } };
  assert.equal((await call(edge.port, "/", { method: "HEAD" })).headers.etag, '"a"');
  assert.equal((await call(edge.port, "/", { headers: { ...BROWSER, "sec-fetch-dest": "empty" } })).body.toString(), PAGE);
  assert.equal((await call(edge.port, "/", { headers: { ...BROWSER, "sec-fetch-dest": "document" } })).body.toString(), BECOMES);
  serves = { chunks: [""], status: 304, headers: { etag: '"a"' } };
  assert.equal((await call(edge.port, "/", { headers: { ...BROWSER, "if-none-match": '"a"' } })).headers.etag, '"a"');
});

test("what is no longer true is not said, and the policy of content stays", async () => {
  const policy = "default-src 'none'; script-src 'nonce-abc'";
  serves = { chunks: [PAGE], headers: { etag: '"a"', "accept-ranges": "bytes", "content-digest": "sha-256=:x:", "content-security-policy": policy } };
  const { headers } = await call(edge.port, "/");
  assert.deepEqual([headers.etag, headers["content-security-policy"]], ['W/"a"', policy]);
  for (const name of ["accept-ranges", "content-digest", "content-length"]) assert.equal(headers[name], undefined, name);
});

test("a setting that is none is said and closes", async () => {
  const wrong = await startWorkerd({ outbound: "127.0.0.1:9", env: { OUTWORK_KEYS: KEYS, OUTWORK_INSERT: "yes" } });
  try {
    assert.equal((await call(wrong.port, "/")).status, 500);
    await until(() => wrong.lines.length > 0);
    assert.match(wrong.lines.join("\n"), /OUTWORK_INSERT is `yes`, but must be `auto` or `consent`/);
  } finally {
    await wrong.stop();
  }
});
