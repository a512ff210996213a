// Requests as bytes: a corpus has values that no HTTP library would send.
import { once } from "node:events";
import { connect, createServer } from "node:net";

/**
 * Sends a line, its headers and a body to a port of 127.0.0.1, and returns the status of the answer. Without a body it has as many bytes as the headers say;
 * one whose length they do not say goes in chunks.
 */
export async function exchange(port, line, headers, text) {
  const socket = connect(port, "127.0.0.1");
  const parts = [Buffer.from(line), Buffer.from("\r\n")];
  for (const [name, value] of headers) parts.push(Buffer.from(`${name}: `), value, Buffer.from("\r\n"));
  const value = (name) => headers.find(([known]) => known === name)?.[1];
  const body = text === undefined ? Buffer.alloc(Number(value("content-length") ?? 0), "x") : Buffer.from(text);
  const isChunked = value("transfer-encoding") !== undefined;
  const hasNoLength = body.length > 0 && value("content-length") === undefined;
  if (hasNoLength && !isChunked) parts.push(Buffer.from("transfer-encoding: chunked\r\n"));
  socket.write(Buffer.concat([...parts, Buffer.from("\r\n"), isChunked || hasNoLength ? chunked(body) : body]));
  try {
    return Number(/^HTTP\/1\.1 (\d{3})/.exec((await head(socket)).toString("latin1"))?.[1]);
  } finally {
    socket.destroy();
  }
}

/** A body in two chunks, or in none. */
function chunked(body) {
  const half = Math.ceil(body.length / 2);
  const pieces = [body.subarray(0, half), body.subarray(half)].filter(({ length }) => length > 0);
  return Buffer.concat([...pieces.flatMap((piece) => [Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from("\r\n")]), Buffer.from("0\r\n\r\n")]);
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
