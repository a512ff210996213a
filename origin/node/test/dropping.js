// An origin in a process of its own, whose handlers lose what they throw: node dropping.js WHICH; it prints its port.

import { createServer } from "node:http";
import { serve } from "@hono/node-server";
import express from "express";
import express4 from "express4";
import { Hono } from "hono";
import { outwork, outworkHono, outworkListener, requireTransaction, riskOf } from "../src/index.js";
import { KEYS_NOW } from "./shared.js";

const settings = { keys: KEYS_NOW, replay: "none" };
const sells = (request, response) => {
  requireTransaction(riskOf(request), "checkout");
  response.end("sold");
};
/** What handlers do with a promise or a callback that nobody looks at. */
const handlers = {
  "/async": async (...both) => sells(...both),
  "/later": async (...both) => {
    await null;
    sells(...both);
  },
  "/callback": (...both) => void setImmediate(sells, ...both),
  "/dropped": (...both) => void (async () => sells(...both))(),
  "/theirs": async () => {
    throw new Error("a table is missing");
  },
  "/theirs-callback": () => void setImmediate(() => {
    throw new Error("a table is missing");
  }),
};

function application(make, first) {
  const app = make();
  if (first) app.use(first);
  for (const [path, handler] of Object.entries(handlers)) app.post(path, handler);
  return app;
}

function outside(make) {
  const app = application(make);
  app.use(outwork(settings));
  return app;
}

const listening = (server) => new Promise((ready) => server.listen(0, "127.0.0.1", () => ready(server.address().port)));
const plain = (request, response) => void handlers[request.url](request, response);

const origins = {
  "Express 4, by its middleware": () => listening(createServer(application(express4, outwork(settings)))),
  "Express 4, in a listener": () => listening(createServer(outworkListener(settings, application(express4)))),
  "Express 4, in a listener of another": () => {
    const app = application(express4);
    return listening(createServer(outworkListener(settings, (request, response) => app(request, response))));
  },
  "Express 4, outside of its middleware": () => listening(createServer(outside(express4))),
  "Express 5, by its middleware": () => listening(createServer(application(express, outwork(settings)))),
  "plain Node": () => listening(createServer(outworkListener(settings, plain))),
  Hono: () => {
    const app = new Hono();
    app.use(outworkHono(settings));
    // Its handlers get a response once they returned; these give it one that never comes, as a callback would.
    app.post("/callback", (context) => new Promise((answer) => setImmediate(() => {
      requireTransaction(riskOf(context), "checkout");
      answer(context.text("sold"));
    })));
    app.post("/dropped", (context) => {
      void (async () => requireTransaction(riskOf(context), "checkout"))();
      return context.text("sold");
    });
    return new Promise((ready) => serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, ({ port }) => ready(port)));
  },
};

const [, , which, listens] = process.argv;
if (listens === "listens") process.on("unhandledRejection", (error) => console.log(`told of ${error.message}`));
console.log(await origins[which]());
