// The origin of tests/origin in Node: node node.mjs PORT.
import { createServer } from "node:http";
import { MemoryReplayCache, outwork, requireTransaction, riskOf } from "../../../origin/node/src/index.js";

const check = outwork({ replay: new MemoryReplayCache(), once: "all", scheme: "forwarded" });

const server = createServer((request, response) =>
  check(request, response, async (error) => {
    if (error) throw error;
    const risk = riskOf(request);
    const json = (status, value) => response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
    if (request.url !== "/checkout") return json(200, risk);
    try {
      requireTransaction(risk, "checkout");
    } catch (refused) {
      return json(403, { error: refused.message });
    }
    const parts = [];
    for await (const part of request) parts.push(part);
    json(200, { order: Buffer.concat(parts).toString(), risk });
  }),
);
server.listen(Number(process.argv[2]), "127.0.0.1");
for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => process.exit(0));
