// What a demand that is not met is answered with, and that what the README shows is so.

import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, request as send } from "node:http";
import { after, describe, test } from "node:test";
import { getRequestListener } from "@hono/node-server";
import express from "express";
import express4 from "express4";
import { MemoryReplayCache, outwork, outworkHono, outworkListener, requireTransaction, riskOf } from "../src/index.js";
import { Hono } from "hono";
import { KEYS_NOW, signedNow } from "./shared.js";

const lines = [];
const settings = () => ({ keys: KEYS_NOW, replay: new MemoryReplayCache(), log: (line) => lines.push(line) });
const servers = [];
after(() => servers.forEach((server) => server.close()));

async function ask(server, transaction, { path = "/checkout", signed = true } = {}) {
  servers.push(server);
  if (!server.listening) await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  const headers = signed ? signedNow("POST", "shop.example", path, transaction) : { host: "shop.example" };
  return new Promise((resolve, reject) => {
    const asked = send({ port: server.address().port, host: "127.0.0.1", method: "POST", path, headers: { ...headers, "content-length": 0 } }, async (answer) => {
      let said = "";
      for await (const part of answer) said += part;
      resolve([answer.statusCode, said]);
    });
    asked.on("error", reject);
    asked.end();
  });
}

const sells = (request, response) => {
  requireTransaction(riskOf(request), "checkout");
  response.end("sold");
};
const onExpress = (make, first, handler = sells) => {
  const app = make();
  if (first) app.use(first);
  app.post("/checkout", handler);
  return app;
};
const onHono = () => {
  const app = new Hono();
  app.use(outworkHono(settings()));
  app.post("/checkout", (context) => {
    requireTransaction(riskOf(context), "checkout");
    return context.text("sold");
  });
  return getRequestListener(app.fetch);
};

/** The code of a README, served. */
async function snippets() {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const found = [...readme.matchAll(/```js\n(.*?)```/gs)].map(([, text]) => text);
  Object.assign(process.env, { OUTWORK_EVIDENCE_KEYS: KEYS_NOW, PORT: "0" });
  return Promise.all(found.map(async (text) => {
    assert.ok(/import .*"outwork-origin"/.test(text));
    const code = text.replace(/from "([^"]+)"/g, (_, name) => `from "${import.meta.resolve(name)}"`);
    const { server } = await import(`data:text/javascript,${encodeURIComponent(`${code}export { server };`)}`);
    if (!server.listening) await once(server, "listening");
    return server;
  }));
}

const applications = [
  ...[["Express 4", express4], ["Express 5", express]].flatMap(([name, make]) => [
    [`${name}, by its middleware`, () => createServer(onExpress(make, outwork(settings())))],
    [`${name}, in a listener`, () => createServer(outworkListener(settings(), onExpress(make)))],
    [`${name}, in a listener, asynchronous`, () => createServer(outworkListener(settings(), onExpress(make, undefined, async (...both) => sells(...both))))],
  ]),
  ["Hono", () => createServer(onHono())],
  ["plain Node, in a listener", () => createServer(outworkListener(settings(), sells))],
  ["plain Node, in a listener that is asynchronous", () => createServer(outworkListener(settings(), async (...both) => sells(...both)))],
  ["plain Node, by the middleware", () => createServer((request, response) => outwork(settings())(request, response, () => sells(request, response)))],
  ...(await snippets()).map((server, at) => [`README, snippet ${at + 1}`, () => server]),
];
assert.equal(applications.length, 13);

for (const [name, make] of applications) {
  describe(name, () => {
    test("a transaction that is another, unbound or unmet is a 403, and the server lives on", async () => {
      const server = make();
      for (const transaction of [undefined, '"refund";body=bound', '"checkout";body=unbound', '"checkout";body=bound;demand=unmet']) {
        const [status, said] = await ask(server, transaction);
        assert.equal(status, 403, said);
        assert.doesNotMatch(said, /\.js:|node_modules/);
      }
      assert.equal((await ask(server, '"checkout";body=bound;demand=met'))[0], 200);
      assert.equal((await ask(server, undefined, { signed: false }))[0], 403);
    });
  });
}

test("what is wrong in a listener is a 500 without its words, and is logged", async () => {
  const server = createServer(outworkListener(settings(), () => { throw new Error("a table is missing"); }));
  const [status, said] = await ask(server);
  assert.equal(status, 500);
  assert.doesNotMatch(said, /table/);
  assert.ok(lines.some((line) => line.includes("a table is missing")));
});

test("a log that fails ends no request, and no process", async (context) => {
  const said = [];
  context.mock.method(console, "error", (line) => said.push(line));
  for (const log of [() => { throw new Error("the disk is full"); }, async () => Promise.reject(new Error("the disk is full"))]) {
    for (const make of [outwork, outworkListener]) {
      const server = createServer(make === outwork ? onExpress(express4, outwork({ ...settings(), log })) : outworkListener({ ...settings(), log }, sells));
      assert.equal((await ask(server, undefined, { signed: false }))[0], 403);
      assert.equal((await ask(server, undefined))[0], 403);
      assert.equal((await ask(server, '"checkout";body=bound;demand=met'))[0], 200);
    }
  }
  // Express 4 writes there, too, what it is handed.
  const ours = said.filter((line) => line.startsWith("outwork: the log fails: Error: the disk is full: outwork: "));
  assert.equal(ours.length, 6);
});

test("in a listener a route cannot come before the verifier, and as a middleware it can", async () => {
  const early = express();
  early.post("/early", (_, response) => response.end("in"));
  assert.equal((await ask(createServer(outworkListener(settings(), early)), undefined, { path: "/early", signed: false }))[0], 403);
  early.use(outwork(settings()));
  assert.equal((await ask(createServer(early), undefined, { path: "/early", signed: false }))[0], 200, "as the README says");
});

test("a request that broke off before it was asked about is refused", { timeout: 60_000 }, async () => {
  const check = outworkListener(settings(), () => {});
  const done = new Promise((settled) => {
    const server = createServer((request, response) => {
      response.destroy = () => settled("answered");
      response.end = () => settled("answered");
      request.on("error", () => {});
      request.once("close", () => check(request, response).then(() => settled("answered")));
      setTimeout(() => request.destroy(), 20);
    });
    servers.push(server);
    server.listen(0, "127.0.0.1", () => {
      const headers = { ...signedNow("POST", "shop.example", "/checkout", '"checkout";body=bound'), "content-length": 9 };
      const asked = send({ port: server.address().port, host: "127.0.0.1", method: "POST", path: "/checkout", headers });
      asked.on("error", () => {});
      asked.write("abc");
    });
  });
  assert.equal(await done, "answered");
  assert.ok(lines.some((line) => line.includes("broken")));
});
