// What an application demands and nobody catches: one request must not end an origin's process, and the errors of others end it as ever.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { request as send } from "node:http";
import { createInterface } from "node:readline";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { signedNow } from "./shared.js";

const PROGRAM = fileURLToPath(new URL("dropping.js", import.meta.url));
const PAYS = '"checkout";body=bound;demand=met';
const MINUTES = { timeout: 300_000 };
const running = [];
after(() => running.forEach((child) => child.kill()));

/** An origin that runs: its port, what it said, and how it ended, once it has. */
async function origin(which, ...more) {
  const child = spawn(process.execPath, [PROGRAM, which, ...more], { stdio: ["ignore", "pipe", "pipe"] });
  running.push(child);
  const said = { out: [], err: "" };
  child.stderr.setEncoding("utf8").on("data", (text) => (said.err += text));
  const lines = createInterface({ input: child.stdout });
  const [port] = await Promise.race([once(lines, "line"), once(child, "exit").then(() => assert.fail(said.err))]);
  lines.on("line", (line) => said.out.push(line));
  return { port: Number(port), said, ended: once(child, "close") };
}

/** Status and reason of the answer, or that none came. */
function ask(port, path, transaction) {
  return new Promise((resolve) => {
    const headers = { ...signedNow("POST", "shop.example", path, transaction), "content-length": 0 };
    const asked = send({ port, host: "127.0.0.1", method: "POST", path, headers }, async (answer) => {
      let text = "";
      for await (const part of answer) text += part;
      resolve([answer.statusCode, /"reason":"([a-z]+)"/.exec(text)?.[1] ?? text]);
    });
    asked.on("error", () => resolve("no answer"));
    asked.end();
  });
}

/** What a process says comes in its own time. */
async function until(isSo) {
  while (!isSo()) await new Promise((soon) => setTimeout(soon, 10));
}

const FORBIDDEN = [403, "transaction"];
for (const [which, paths] of [
  ["Express 4, by its middleware", ["/async", "/later", "/callback", "/dropped"]],
  ["Express 4, in a listener", ["/async", "/later", "/callback", "/dropped"]],
  ["Express 4, in a listener of another", ["/async", "/later", "/callback", "/dropped"]],
  ["Express 5, by its middleware", ["/callback", "/dropped"]],
  ["plain Node", ["/async", "/later", "/callback", "/dropped"]],
  ["Hono", ["/callback"]],
]) {
  test(`${which}: a demand that nobody catches is a 403, and the server lives on`, MINUTES, async () => {
    const { port, said } = await origin(which);
    for (const path of paths) {
      for (const transaction of [undefined, '"refund";body=bound', '"checkout";body=unbound', '"checkout";body=bound;demand=unmet']) {
        assert.deepEqual(await ask(port, path, transaction), FORBIDDEN, path);
      }
      assert.deepEqual(await ask(port, path, PAYS), [200, "sold"], said.err);
    }
    await until(() => /outwork: POST \/.*: the edge saw no transaction here, not `checkout`/.test(said.err));
  });
}

test("Hono: who answers before it is demanded has answered, and lives on", async () => {
  const { port } = await origin("Hono");
  for (let time = 0; time < 3; time += 1) assert.deepEqual(await ask(port, "/dropped", undefined), [200, "sold"]);
  assert.deepEqual(await ask(port, "/callback", PAYS), [200, "sold"]);
});

test("Express 4: a route outside of the middleware ends no process", MINUTES, async () => {
  const { port, said } = await origin("Express 4, outside of its middleware");
  const hangs = ask(port, "/async", PAYS);
  await until(() => said.err.includes("nobody caught: no evidence was looked for"));
  assert.deepEqual(await ask(port, "/elsewhere", PAYS).then(([status]) => status), 404, "the middleware stands behind it");
  running.at(-1).kill();
  assert.equal(await hangs, "no answer");
});

describe("what is not ours", () => {
  for (const path of ["/theirs", "/theirs-callback"]) {
    test(`ends an origin of Express 4 as ever: ${path}`, async () => {
      const { port, said, ended } = await origin("Express 4, in a listener");
      assert.deepEqual(await ask(port, "/async", undefined), FORBIDDEN);
      assert.equal(await ask(port, path, PAYS), "no answer");
      assert.deepEqual((await ended)[0], 1);
      assert.match(said.err, /Error: a table is missing/);
    });
  }

  test("is told to who listens, and what is ours is not", MINUTES, async () => {
    const { port, said } = await origin("Express 4, in a listener", "listens");
    assert.deepEqual(await ask(port, "/async", undefined), FORBIDDEN);
    void ask(port, "/theirs", PAYS);
    await until(() => said.out.length > 0);
    assert.deepEqual(said.out, ["told of a table is missing"]);
  });
});
