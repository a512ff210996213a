// Requests as bytes: a corpus has values that no HTTP library would send.
import { once } from "node:events";
import { connect, createServer } from "node:net";

/** Sends `lines` and their headers to a port of 127.0.0.1, and returns the status of the answer. */
export async function exchange(port, line, headers) {
  const socket = connect(port, "127.0.0.1");
  const parts = [Buffer.from(`${line}\r\n`)];
  for (const [name, value] of headers) parts.push(Buffer.from(`${name}: `), value, Buffer.from("\r\n"));
  const length = Number(headers.find(([name]) => name === "content-length")?.[1] ?? 0);
  socket.write(Buffer.concat([...parts, Buffer.from("\r\n"), Buffer.alloc(length, "x")]));
  try {
    return Number(/^HTTP\/1\.1 (\d{3})/.exec((await head(socket)).toString("latin1"))?.[1]);
  } finally {
    socket.destroy();
  }
}

/** An origin that answers every request with 204 and keeps its header lines, newest last. */
export async function startRecorder() {
  const requests = [];
  const sockets = new Set();
  const server = createServer(async (socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
    const text = (await head(socket)).toString("utf8");
    // Directories of agents are fetched behind an answer, by way of the same service.
    if (!/^GET \S*http-message-signatures-directory /.test(text))
      requests.push(text.split("\r\n").slice(1).filter(Boolean).map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]));
    socket.end("HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const stop = async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  };
  return { address: `127.0.0.1:${server.address().port}`, requests, stop };
}

/** What arrives until the empty line. */
function head(socket) {
  return new Promise((resolve, reject) => {
    let seen = Buffer.alloc(0);
    const done = () => (seen.includes("\r\n\r\n") ? resolve(seen.subarray(0, seen.indexOf("\r\n\r\n"))) : null);
    socket.on("data", (data) => {
      seen = Buffer.concat([seen, data]);
      done();
    });
    socket.on("error", reject);
    socket.on("close", () => done() ?? reject(new Error(`the connection ended after ${seen.length} bytes`)));
  });
}
