// Express, Hono and plain Node: what passes, what is answered in the application's place, and what the application can read.

import assert from "node:assert/strict";
import { createServer, request as send } from "node:http";
import { after, describe, test } from "node:test";
import { getRequestListener } from "@hono/node-server";
import express from "express";
import express4 from "express4";
import { Hono } from "hono";
import { MemoryReplayCache, NotVerified, TransactionRefused, outcomeOf, outwork, outworkHono, requireInside, requireTransaction, riskOf } from "../src/index.js";
import { named, vectors } from "./shared.js";

const PLAIN = named("a path and a query");
const BOUND = named("a bound body");
const FORGED = named("another body");
const servers = [];
after(() => servers.forEach((server) => server.close()));

const settingsOf = (one, more) => ({ keys: vectors.keys, replay: "none", clock: () => one.now, log: () => {}, ...more });
const told = (request) => ({ outcome: outcomeOf(request), header: request.headers["outwork-risk"] ?? null });

const onExpress = (make) => (one, more) => {
  const app = make();
  app.use(outwork(settingsOf(one, more)));
  app.use(make.raw({ type: () => true }));
  // Without a body Express 4 has an object.
  app.use((request, response) => response.json({ ...told(request), body: Buffer.isBuffer(request.body) ? request.body.toString("latin1") : "" }));
  return app;
};

const applications = {
  node: (one, more) => {
    const check = outwork(settingsOf(one, more));
    return (request, response) =>
      check(request, response, async (error) => {
        assert.equal(error, undefined);
        const parts = [];
        for await (const part of request) parts.push(part);
        response.end(JSON.stringify({ ...told(request), body: Buffer.concat(parts).toString("latin1") }));
      });
  },
  express: onExpress(express),
  "express 4": onExpress(express4),
  hono: (one, more) => {
    const app = new Hono();
    app.use(outworkHono(settingsOf(one, more)));
    app.all("*", async (context) => context.json({ outcome: outcomeOf(context), header: context.req.header("outwork-risk") ?? null, body: Buffer.from(await context.req.arrayBuffer()).toString("latin1") }));
    return getRequestListener(app.fetch);
  },
};

/** What a server answers to a case. */
async function ask(listener, one, { chunked = false, body = Buffer.from(one.request.body ?? "", "base64") } = {}) {
  const server = createServer(listener);
  servers.push(server);
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  return once(server.address().port, one, chunked, body);
}

function once(port, one, chunked, body) {
  const { method, authority, target, headers } = one.request;
  const lines = { host: authority };
  for (const [name, value] of headers) lines[name] = [...(lines[name] ?? []), value];
  if (!chunked && body.length > 0) lines["content-length"] = body.length;
  if (chunked) lines["transfer-encoding"] = "chunked";
  return new Promise((resolve, reject) => {
    const sent = send({ port, host: "127.0.0.1", method, path: target, headers: lines }, async (answer) => {
      const parts = [];
      for await (const part of answer) parts.push(part);
      resolve({ status: answer.statusCode, type: answer.headers["content-type"], said: JSON.parse(Buffer.concat(parts).toString() || "null") });
    });
    sent.on("error", reject);
    // In two parts, so that the body is not there all at once.
    sent.write(body.subarray(0, 5));
    setTimeout(() => sent.end(body.subarray(5)), 5);
  });
}

for (const [name, application] of Object.entries(applications)) {
  describe(name, () => {
    test("an honest request brings its risk", async () => {
      const { status, said } = await ask(application(PLAIN), PLAIN);
      assert.equal(status, 200);
      assert.deepEqual(said.outcome, { state: "verified", risk: PLAIN.verified });
    });

    for (const chunked of [false, true]) {
      for (const which of ["a bound body", "a bound body of all bytes", "a bound body that is empty"]) {
        test(`${which} is checked and handed on, ${chunked ? "in chunks" : "with a length"}`, async () => {
          const one = named(which);
          const { status, said } = await ask(application(one), one, { chunked });
          assert.equal(status, 200);
          assert.equal(said.outcome.risk.body, "bound");
          assert.equal(said.body, Buffer.from(one.request.body ?? "", "base64").toString("latin1"));
        });
      }
    }

    test("bad evidence never reaches the application", async () => {
      for (const [one, reason] of [[FORGED, "digest"], [named("nothing"), "missing"], [named("another path"), "signature"], [named("the same risk twice"), name === "hono" ? "signature" : "duplicate"]]) {
        const { status, type, said } = await ask(application(one), one);
        assert.deepEqual([status, type, said.reason], [403, "application/problem+json", reason]);
      }
    });

    test("a body larger than the cap is refused, with a length and without", async () => {
      for (const chunked of [false, true]) {
        assert.equal((await ask(application(BOUND, { maxBody: 10, observe: chunked }), BOUND, { chunked })).status, 413);
      }
    });

    test("a request comes once, and a refused one does not use it up", async () => {
      const replay = new MemoryReplayCache(10, () => BOUND.now);
      const asked = [];
      for (const one of [FORGED, BOUND, BOUND]) asked.push((await ask(application(one, { replay }), one)).status);
      assert.deepEqual(asked, [403, 200, 403]);
    });

    test("a cache that is full or gone refuses", async () => {
      for (const replay of [new MemoryReplayCache(0), { first: async () => Promise.reject(new Error("gone")) }]) {
        const { status, said } = await ask(application(BOUND, { replay }), BOUND);
        assert.deepEqual([status, said.reason], [503, "unavailable"]);
      }
    });

    test("missing may pass, and forged may not", async () => {
      const bare = named("nothing");
      const { status, said } = await ask(application(bare, { onMissing: "pass" }), bare);
      assert.deepEqual([status, said.outcome], [200, { state: "missing" }]);
      assert.equal((await ask(application(FORGED, { onMissing: "pass" }), FORGED)).status, 403);
    });

    test("what is exempt needs no evidence, and nothing else goes without", async () => {
      const bare = named("nothing");
      const path = bare.request.target.split("?")[0];
      for (const [exempt, status] of [[[path], 200], [() => true, 200], [[`${path}x`], 403], [() => false, 403], [async () => false, 403], [() => 1, 403]]) {
        const { status: found, said } = await ask(application(bare, { exempt, log: exempt[0] === path ? () => assert.fail("nobody wants a line of each health check") : () => {} }), bare);
        assert.equal(found, status);
        if (status === 200) assert.deepEqual(said.outcome, { state: "missing" });
      }
      const post = { ...bare, request: { ...bare.request, method: "POST" } };
      assert.equal((await ask(application(post, { exempt: [path] }), post)).status, 403);
      const forged = named("another risk");
      assert.equal((await ask(application(forged, { exempt: () => true }), forged)).status, 403);
    });

    test("pages may come again unless all must come once", async () => {
      for (const [once, wanted] of [["unsafe", [200, 200]], ["all", [200, 403]]]) {
        const settings = { once, replay: new MemoryReplayCache(10, () => PLAIN.now) };
        const asked = [];
        for (let time = 0; time < 2; time += 1) asked.push((await ask(application(PLAIN, settings), PLAIN)).status);
        assert.deepEqual(asked, wanted);
      }
    });

    test("observing leaves the body to the application", async () => {
      for (const [one, more] of [[FORGED, {}], [BOUND, { replay: new MemoryReplayCache(0) }], [named("no digest"), {}]]) {
        const { status, said } = await ask(application(one, { observe: true, ...more }), one);
        assert.deepEqual([status, said.outcome.state], [200, "refused"]);
        assert.equal(said.body, Buffer.from(one.request.body ?? "", "base64").toString("latin1"));
      }
    });

    test("observing refuses nothing and says why", async () => {
      const one = named("another risk");
      const { status, said } = await ask(application(one, { observe: true }), one);
      assert.equal(status, 200);
      assert.equal(said.outcome.reason, "signature");
      assert.equal(said.header, null);
    });
  });
}

test("without the middleware there is no risk", () => {
  assert.throws(() => riskOf({}), NotVerified);
});

test("a transaction is held to its name, its body and its window", () => {
  const { verified: risk } = BOUND;
  requireTransaction(risk, "checkout");
  requireInside(risk);
  assert.throws(() => requireTransaction(risk, "refund"), TransactionRefused);
  const unbound = named("a body that was too large to bind").verified;
  assert.throws(() => requireTransaction(unbound, "checkout"), TransactionRefused);
  requireTransaction(unbound, "checkout", { body: "any" });
  for (const options of [{ body: "none" }, { demand: "all" }, { bodies: "any" }]) assert.throws(() => requireTransaction(risk, "checkout", options), TypeError);
  assert.throws(() => requireInside({ ...risk, window: "expiring" }), TransactionRefused);
});

test("a demand that was not met is held against a transaction, whatever its window says", () => {
  const unmet = named("a bound body, and no window").verified;
  assert.deepEqual([unmet.window, unmet.demand], ["inside", "unmet"]);
  assert.throws(() => requireTransaction(unmet, "checkout"), TransactionRefused);
  requireTransaction(unmet, "checkout", { demand: "any" });
  for (const name of ["a demand that a challenge stands in for", "a demand that a rule lifts"]) {
    requireTransaction(named(name).verified, "checkout");
    assert.throws(() => requireInside(named(name).verified), TransactionRefused);
  }
  assert.throws(() => requireInside(unmet), TransactionRefused);
  requireInside(named("signed: a demand that is met").verified);
});

for (const which of ["a bound body", "a bound body of all bytes", "a bound body that is empty", "signed: a bound body that is empty"]) {
  for (const chunked of [false, true]) {
    test(`${which} is checked after something slow, ${chunked ? "in chunks" : "with a length"}`, async () => {
      const one = named(which);
      const app = applications.express(one);
      const slow = express();
      slow.use((_request, _response, next) => setTimeout(next, 30), app);
      const { status, said } = await ask(slow, one, { chunked });
      assert.equal(status, 200);
      assert.equal(said.body, Buffer.from(one.request.body ?? "", "base64").toString("latin1"));
    });
  }
}

test("below a path of its own the target is still the whole", async () => {
  const app = express();
  const one = named("a path and a query");
  app.use("/a", outwork(settingsOf(one)), (request, response) => response.json(riskOf(request)));
  assert.equal((await ask(app, one)).status, 200);
});

test("a body that somebody reads first is an error, not a pass", async () => {
  const app = express();
  app.use(express.raw({ type: () => true }), outwork(settingsOf(BOUND)), (_, response) => response.json({}));
  app.use((error, _request, response, _next) => response.status(500).json({ error: error.message }));
  const { status, said } = await ask(app, BOUND);
  assert.equal(status, 500);
  assert.match(said.error, /put it in front/);
});

test("the cache forgets what has ended, and has room again", () => {
  let now = 100;
  const cache = new MemoryReplayCache(1, () => now);
  assert.ok(cache.first("a", 110));
  assert.ok(!cache.first("a", 110));
  assert.throws(() => cache.first("b", 120), /remembered/);
  now = 112;
  assert.ok(cache.first("b", 120));
});
