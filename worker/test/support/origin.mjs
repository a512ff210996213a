// The site behind the Worker: a Node server that does what a request's path asks for.
import { createHash, randomBytes } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { createServer } from "node:http";
import { gzipSync } from "node:zlib";
import { WebSocketServer } from "ws";

/** A gzip body that no other compressor would write in the same way. */
export const GZIPPED = gzipSync(Buffer.concat([Buffer.from("outwork ".repeat(500)), randomBytes(4096)]), { level: 3 });

/** How many chunks `/slow` has. */
export const CHUNKS = 4;

const ROUTES = {
  "/gzip": (_, response) => response.writeHead(200, { "content-encoding": "gzip", "content-type": "text/plain" }).end(GZIPPED),
  "/cookies": (_, response) => response.writeHead(200, [["set-cookie", "a=1; Path=/"], ["set-cookie", "b=2, c"], ["x-twice", "1"]].flat()).end("ok"),
  "/redirect": (_, response) => response.writeHead(302, { location: "/elsewhere" }).end(),
  "/fresh": (_, response) => response.writeHead(304, { etag: '"1"' }).end(),
  "/head": (_, response) => response.writeHead(200, { "content-length": "1234" }).end(),
  "/missing": (_, response) => response.writeHead(404, { "content-type": "text/plain" }).end("no such page\n"),
  // Nothing of the answer is there until the test wants it.
  "/held": async (_, response, { wanted }) => {
    await once(wanted, "next");
    response.end();
  },
  // Each chunk waits until the test wants it: no machine is too slow for that.
  "/slow": async (_, response, { wanted }) => {
    response.writeHead(200, { "content-type": "text/plain" });
    for (let chunk = 0; chunk < CHUNKS; chunk += 1) {
      response.write(`chunk ${chunk}\n`);
      await once(wanted, "next");
    }
    response.end();
  },
  "/upload": async (request, response) => {
    const hash = createHash("sha256");
    let bytes = 0;
    for await (const chunk of request) {
      hash.update(chunk);
      bytes += chunk.length;
    }
    json(response, { bytes, sha256: hash.digest("hex"), length: request.headers["content-length"] ?? null });
  },
};

/**
 * Starts an origin on a free port of 127.0.0.1. What it was asked is in `requests`, newest last; `next` lets each answer of `/held` and of
 * `/slow` go on, and `finish` goes on until all of these answers are there.
 */
export async function startOrigin() {
  const requests = [];
  const wanted = new EventEmitter();
  const server = createServer((request, response) => {
    requests.push(seen(request));
    const route = ROUTES[request.url.split("?")[0]] ?? ((_, to) => json(to, seen(request)));
    route(request, response, { wanted });
  });
  const sockets = new WebSocketServer({ server });
  sockets.on("connection", (socket, request) => {
    requests.push(seen(request));
    socket.on("message", (data, binary) => socket.send(data, { binary }));
  });
  // As an origin behind an edge: it does not end what the edge may be about to use.
  server.keepAliveTimeout = 120_000;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  const next = () => wanted.emit("next");
  const finish = async (answers) => {
    const timer = setInterval(next, 5);
    try {
      return await Promise.all(answers);
    } finally {
      clearInterval(timer);
    }
  };
  const stop = async () => {
    sockets.close();
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
  return { port, address: `127.0.0.1:${port}`, requests, next, finish, stop };
}

function seen(request) {
  return { method: request.method, url: request.url, headers: request.headers, raw: request.rawHeaders };
}

function json(response, value) {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
}
