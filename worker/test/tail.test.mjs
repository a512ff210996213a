// The Tail Worker in a real workerd, behind the Worker: its records arrive at a SIEM as lines, and nothing else that was logged.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { call } from "./support/client.mjs";
import { KEYS } from "./support/keys.mjs";
import { startOrigin } from "./support/origin.mjs";
import { records, startWorkerd, until } from "./support/workerd.mjs";

/** Takes what is posted to it, and answers with this status and text. */
async function startSiem(status, text) {
  const posted = [];
  const server = createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    posted.push({ method: request.method, url: request.url, headers: request.headers, body: Buffer.concat(parts).toString() });
    response.writeHead(status).end(text);
  });
  server.keepAliveTimeout = 120_000;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { posted, url: `http://127.0.0.1:${server.address().port}`, stop: () => server.close() };
}

async function play(status, variables, check, text = "taken") {
  const [siem, origin] = [await startSiem(status, text), await startOrigin()];
  const edge = await startWorkerd({ outbound: origin.address, env: { OUTWORK_KEYS: KEYS }, tail: { SIEM_URL: `${siem.url}/services/collector/raw`, ...variables } });
  try {
    for (const path of ["/", "/a?card=4111", "/blocked"]) await call(edge.port, path);
    await until(() => siem.posted.length === 3);
    await check(siem.posted, edge);
  } finally {
    await edge.stop();
    await origin.stop();
    siem.stop();
  }
}

test("every record is posted as it is", () =>
  play(200, { SIEM_AUTHORIZATION: "Splunk 1234" }, async (posted, edge) => {
    assert.equal((await records(edge, 3)).length, 3);
    const logged = edge.lines.filter((line) => line.startsWith('{"time"'));
    assert.deepEqual(posted.map(({ body }) => body).sort(), logged.map((line) => `${line}\n`).sort());
    for (const { method, url, headers } of posted) {
      assert.deepEqual([method, url, headers.authorization, headers["content-type"]], ["POST", "/services/collector/raw", "Splunk 1234", "application/x-ndjson"]);
    }
  }));

test("a line can stand before each, for a bulk API; and a SIEM that refuses is said", () =>
  play(503, { SIEM_BEFORE: '{"create":{}}' }, async (posted, edge) => {
    for (const { body, headers } of posted) {
      const [before, record, end] = body.split("\n");
      assert.deepEqual([before, JSON.parse(record).class_uid, end, headers.authorization], ['{"create":{}}', 4002, "", undefined]);
    }
    await until(() => edge.lines.filter((line) => line.includes("records-not-sent") && line.includes("503")).length === 3);
  }));

const REFUSED = { took: 3, errors: true, items: [{ create: { status: 400, error: { type: "document_parsing_exception", reason: "a field" } } }] };
const TAKEN = { took: 3, errors: false, items: [{ create: { status: 201 } }] };
const told = (edge) => edge.lines.filter((line) => line.includes("records-not-sent"));

test("a bulk API that takes the request and not the lines is said, too", () =>
  play(
    200,
    { SIEM_BEFORE: '{"create":{}}' },
    async (_, edge) => {
      await until(() => told(edge).length === 3);
      assert.match(told(edge)[0], /1 were refused; the first with 400, document_parsing_exception/);
    },
    JSON.stringify(REFUSED),
  ));

test("one that takes them is not, nor one whose answer is no JSON", async () => {
  for (const text of [JSON.stringify(TAKEN), "taken", "null"]) {
    const quiet = async (_, edge) => {
      await records(edge, 3);
      await sleep(200);
      assert.deepEqual(told(edge), []);
    };
    await play(200, { SIEM_BEFORE: '{"create":{}}' }, quiet, text);
  }
});
