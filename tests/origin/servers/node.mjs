// The origin of tests/origin in Node: node node.mjs PORT.
import { createServer } from "node:http";
import { MemoryReplayCache, outworkListener, requireTransaction, riskOf } from "../../../origin/node/src/index.js";

const settings = { replay: new MemoryReplayCache(), once: "all", scheme: "forwarded", exempt: ["/health"] };

const server = createServer(
  outworkListener(settings, async (request, response) => {
    const json = (value) => response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
    if (request.url === "/health") return json({ ok: true });
    const risk = riskOf(request);
    if (!["/checkout", "/other-checkout"].includes(request.url)) return json(risk);
    requireTransaction(risk, "checkout");
    const parts = [];
    for await (const part of request) parts.push(part);
    json({ order: Buffer.concat(parts).toString(), risk });
  }),
);
// Longer than requests of the tests are apart: as who runs it behind an edge sets it.
server.keepAliveTimeout = 60_000;
server.listen(Number(process.argv[2]), "127.0.0.1");
for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => process.exit(0));
