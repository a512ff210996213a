// The demo shop: node server.mjs [port]. No dependency, no state beyond this process.
import { createServer } from "node:http";
import { pathToFileURL } from "node:url";
import { products } from "./products.mjs";
import { checkout, home, login, members, missing, product, refusal, thanks } from "./pages.mjs";
import { MemoryReplayCache, requireTransaction } from "../node/src/index.js";
import { evidence } from "./risk.mjs";

const BODY_LIMIT = 16 * 1024;

const routes = {
  "GET /": (_, risk) => html(home(risk)),
  "GET /login": (_, risk) => html(login(risk)),
  "POST /login": (form, risk) => html(login(risk, form.get("email") ?? ""), 401),
  "GET /checkout": (_, risk) => html(checkout(risk)),
  "POST /checkout": (form, risk) => sell(form, risk),
  "GET /members": (_, risk) => html(members(risk)),
  "GET /api/products": () => json({ products }),
  "GET /api/risk": (_, risk) => json(risk),
  "GET /health": () => json({ ok: true }),
  "GET /robots.txt": () => ({ status: 200, type: "text/plain; charset=utf-8", body: "User-agent: *\nDisallow: /checkout\n" }),
  "GET /favicon.ico": () => ({ status: 204, type: "image/x-icon", body: "" }),
};

/** A server that answers every request of the shop. */
export function shop({ keys = process.env.OUTWORK_EVIDENCE_KEYS, replay = new MemoryReplayCache(), clock } = {}) {
  const told = async (request, response, risk) => {
    const answer = await handle(request, { ...risk, verifies: Boolean(keys) }).catch(() => json({ error: "this request could not be read" }, 400));
    response.writeHead(answer.status, { "content-type": answer.type, "cache-control": "no-store", vary: "outwork-risk" });
    response.end(request.method === "HEAD" ? undefined : answer.body);
  };
  return createServer(evidence({ keys, replay, clock }, told));
}

async function handle(request, risk) {
  const [path, query = ""] = request.url.split("?", 2);
  const method = request.method === "HEAD" ? "GET" : request.method;
  const form = new URLSearchParams(method === "POST" ? await body(request) : query);
  const route = routes[`${method} ${path}`];
  if (route) return route(form, risk);
  const shown = products.find((one) => path === `/product/${one.id}`);
  return shown && method === "GET" ? html(product(risk, shown)) : html(missing(risk, path), 404);
}

/** Whoever has keys sells only what the edge saw as an order, with the body that it saw. */
function sell(form, risk) {
  if (!risk.verifies) return html(thanks(risk, form.get("product") ?? ""));
  try {
    if (!risk.verified) throw new Error(`this order has no valid evidence of the edge: ${risk.why}`);
    requireTransaction(risk, "checkout");
  } catch (refused) {
    return html(refusal(risk, refused.message), 403);
  }
  return html(thanks(risk, form.get("product") ?? ""));
}

async function body(request) {
  const parts = [];
  let size = 0;
  for await (const part of request) {
    size += part.length;
    if (size > BODY_LIMIT) throw new Error("body too large");
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

function html(body, status = 200) {
  return { status, type: "text/html; charset=utf-8", body };
}

function json(value, status = 200) {
  return { status, type: "application/json", body: JSON.stringify(value, null, 1) + "\n" };
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const port = Number(process.argv[2] ?? process.env.PORT ?? 3000);
  const server = shop();
  server.keepAliveTimeout = 60_000;
  server.listen(port, "127.0.0.1", () => console.log(`shop on http://127.0.0.1:${server.address().port}/`));
  for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => process.exit(0));
}
