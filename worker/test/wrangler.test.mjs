// `npx wrangler dev` from the root serves the Worker.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { once } from "node:events";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { BROWSER, call } from "./support/client.mjs";
import { KEYS } from "./support/keys.mjs";
import { startOrigin } from "./support/origin.mjs";
import { ROOT } from "./support/workerd.mjs";
import "./support/ending.mjs";

const READY_SECONDS = 240;

test("wrangler dev serves the Worker of the root wrangler.toml", async () => {
  const origin = await startOrigin();
  const port = await freePort();
  const wrangler = startWrangler(port, origin.port);
  try {
    const { status, headers } = await firstAnswer(port, wrangler);
    assert.equal(status, 200);
    assert.match(headers["outwork-risk"], /^risk=\d+/);
    assert.equal(headers["x-forwarded-host"], `127.0.0.1:${port}`);
  } finally {
    await wrangler.stop();
    await origin.stop();
  }
});

function startWrangler(port, origin) {
  const folder = mkdtempSync(join(tmpdir(), "outwork-wrangler-"));
  const settings = { OUTWORK_KEYS: KEYS, OUTWORK_ORIGIN: `http://127.0.0.1:${origin}` };
  const variables = Object.entries(settings).flatMap(([name, value]) => ["--var", `${name}:${value}`]);
  const child = spawn(
    process.execPath,
    [
      join(ROOT, "node_modules/wrangler/bin/wrangler.js"),
      ...["dev", "--port", String(port), "--inspector-port", "0", "--show-interactive-dev-session=false"],
      ...variables,
    ],
    // A group of its own, so that everything that Wrangler starts ends with it.
    { cwd: ROOT, detached: true, stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...quiet(folder) } },
  );
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (said += data));
  const kill = () => {
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch (error) {
      if (error.code !== "ESRCH") throw error;
    }
  };
  process.once("exit", kill);
  const stop = async () => {
    process.removeListener("exit", kill);
    const closed = child.exitCode === null ? once(child, "close") : Promise.resolve();
    kill();
    await closed;
    rmSync(folder, { recursive: true, force: true });
  };
  return { child, said: () => said, stop };
}

/** Keeps Wrangler from reporting, from asking for updates and from fetching a sample of `request.cf`. */
function quiet(folder) {
  return {
    CI: "1",
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_SEND_ERROR_REPORTS: "false",
    WRANGLER_HIDE_BANNER: "true",
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
    WRANGLER_LOG_PATH: folder,
    XDG_CONFIG_HOME: folder,
    WRANGLER_REGISTRY_PATH: join(folder, "registry"),
  };
}

async function firstAnswer(port, { child, said }) {
  for (let turn = 0; turn < READY_SECONDS * 5 && child.exitCode === null; turn += 1) {
    try {
      const response = await call(port, "/a?b=c", { headers: { ...BROWSER, "accept-encoding": "identity" }, host: `127.0.0.1:${port}` });
      return { status: response.status, headers: response.json().headers };
    } catch (error) {
      // It accepts connections before it serves.
      if (!["ECONNREFUSED", "ECONNRESET"].includes(error.code)) throw error;
      await sleep(200);
    }
  }
  throw new Error(`wrangler dev did not serve:\n${said()}`);
}

/** As scripts/harness/process.py: no connection is given one of these as its own, and no suite beside this one. */
async function freePort() {
  const [first, last] = (process.env.OUTWORK_PORTS ?? "20000-32767").split("-").map(Number);
  for (;;) {
    const port = randomInt(first, last + 1);
    const server = createServer();
    const free = await new Promise((resolve) => server.once("error", () => resolve(false)).listen(port, "127.0.0.1", () => resolve(true)));
    if (!free) continue;
    server.close();
    await once(server, "close");
    return port;
  }
}
