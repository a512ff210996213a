// A real workerd with the Worker in it, without Wrangler or Miniflare in between: nothing but the Worker touches a request.
import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import workerd from "workerd";
import "./ending.mjs";

export const ROOT = new URL("../../../", import.meta.url).pathname;
const COMPATIBILITY_DATE = "2026-04-01";
/** The folders of `worker/` that hold modules. */
const PARTS = ["shell", "test/entries", "bench/workers"];

/**
 * Starts workerd on a free port of 127.0.0.1.
 *
 * @param {object} options
 * @param {string} options.outbound        Where every `fetch` goes: `127.0.0.1:port`.
 * @param {string} [options.service]       Where the `ORIGIN` binding goes; without it there is no such binding.
 * @param {Record<string, string>} [options.env]
 * @param {string} [options.entry]         The entry module, relative to `worker/`.
 * @param {string} [options.bundle]        The path of the policy's bundle; without it the policy in `worker/test/policy`.
 * @param {string} [options.disk]          The folder in which Durable Objects keep what they store; without it there is no `OUTWORK_LIMITS` binding.
 * @param {string} [options.analytics]     Where the data points of an `OUTWORK_ANALYTICS` binding go, as HTTP requests; without it there is no such binding.
 * @param {Record<string, string>} [options.tail]  The variables of a Tail Worker (`worker/tail`); without them there is none.
 * @param {number} [options.core]         The processor core to stay on.
 * @param {boolean} [options.quiet]        Whether what workerd prints is thrown away.
 */
export async function startWorkerd({ outbound, service, env = {}, entry = "shell/worker.js", bundle = testBundle(), disk, analytics, tail, quiet = false, core }) {
  const folder = mkdtempSync(join(tmpdir(), "outwork-workerd-"));
  for (const part of PARTS) cpSync(join(ROOT, "worker", part), join(folder, part), { recursive: true });
  cpSync(join(ROOT, "worker/tail/worker.js"), join(folder, "tail/worker.js"));
  cpSync(join(ROOT, "worker/dist/outwork.wasm"), join(folder, "dist/outwork.wasm"));
  cpSync(bundle, join(folder, "dist/policy.bundle"));
  writeFileSync(join(folder, "config.capnp"), config({ folder, outbound, service, env, entry, disk, analytics, tail }));
  const command = [workerd.default, "serve", join(folder, "config.capnp"), "--socket-addr=http=127.0.0.1:0", "--control-fd=3"];
  // The binding of Analytics Engine is still an experiment in workerd.
  if (analytics) command.splice(2, 0, "--experimental");
  if (core !== undefined) command.unshift("taskset", "--cpu-list", String(core));
  const child = spawn(command[0], command.slice(1), {
    stdio: ["ignore", quiet ? "ignore" : "pipe", "pipe", "pipe"],
  });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  const lines = [];
  for (const stream of [child.stdout, child.stderr].filter(Boolean)) createInterface({ input: stream }).on("line", (line) => lines.push(line));
  const stop = async () => {
    process.removeListener("exit", kill);
    const ended = new Promise((resolve) => child.once("close", resolve));
    if (child.exitCode === null && child.signalCode === null) {
      // SIGTERM would wait for hung requests.
      kill();
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    return { port: await listening(child, lines), pid: child.pid, lines, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The bundle that `worker/build` made: the policy that is served. */
export const SERVED = join(ROOT, "worker/dist/policy.bundle");

/** @type {Map<string, string>} */
const built = new Map();

/**
 * The bundle of a policy's folder, relative to the repository; built once a process.
 *
 * @param {string} [policy]
 */
export function testBundle(policy = "worker/test/policy") {
  const known = built.get(policy);
  if (known !== undefined) return known;
  const folder = mkdtempSync(join(tmpdir(), "outwork-policy-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const made = join(folder, "test.bundle");
  execFileSync(...outwork("build", policy, "-o", made), { cwd: ROOT, stdio: ["ignore", "ignore", "inherit"] });
  built.set(policy, made);
  return made;
}

/**
 * How the `outwork` command is called: program and arguments. `OUTWORK_COMMAND` names one that is built already.
 *
 * @param {...string} argv
 * @returns {[string, string[]]}
 */
export function outwork(...argv) {
  const made = process.env.OUTWORK_COMMAND;
  return made ? [made, argv] : ["cargo", ["run", "--quiet", "--locked", "-p", "outwork-cli", "--", ...argv]];
}

/** The next `count` records that the Worker logs, oldest first. */
export async function records({ lines }, count) {
  const found = () => lines.filter((line) => line.startsWith('{"time"')).slice(0, count);
  await until(() => found().length >= count, () => `${count} records expected, got:\n${lines.join("\n")}`);
  return found().map((line) => JSON.parse(line));
}

/** The newest record of a request whose path is the one. */
export async function recordOf({ lines }, isIt) {
  const found = () => lines.filter((line) => line.startsWith('{"time"')).map((line) => JSON.parse(line)).findLast((record) => isIt(record.http_request.url.path));
  await until(found, () => `no such record among:\n${lines.join("\n")}`);
  return found();
}

/** What the Worker says of itself, oldest first, once there is so much: an answer may be here before the lines that were written before it. */
export async function said({ lines }, what, count = 1) {
  const found = () => lines.filter((line) => line.startsWith('{"outwork"') && line.includes(`"${what}"`));
  await until(() => found().length >= count, () => `\`${what}\` expected ${count} times, got:\n${lines.join("\n")}`);
  return found().map((line) => JSON.parse(line));
}

/** Waits until something holds, for as long as a machine may need that does something else meanwhile. */
export async function until(holds, otherwise = () => "it never came to be", step = 20) {
  const began = Date.now();
  while (!(await holds())) {
    if (Date.now() - began > 240_000) throw new Error(otherwise());
    await sleep(step);
  }
}

function listening(child, lines) {
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdio[3] }).on("line", (line) => {
      const { event, socket, port } = JSON.parse(line);
      if (event === "listen" && socket === "http") resolve(port);
    });
    child.once("exit", (code) => reject(new Error(`workerd ended with ${code}:\n${lines.join("\n")}`)));
  });
}

function config({ folder, outbound, service, env, entry, disk, analytics, tail }) {
  // The first module is the entry.
  const others = PARTS.flatMap((part) => filesIn(folder, part)).filter((name) => name !== entry);
  const modules = [entry, ...others]
    .map((name) => `(name = "${name}", esModule = embed "${name}")`);
  const bindings = Object.entries(env).map(([name, value]) => `(name = "${name}", text = ${JSON.stringify(value)})`);
  const variables = Object.entries(tail ?? {}).map(([name, value]) => `(name = "${name}", text = ${JSON.stringify(value)})`);
  if (service) bindings.push(`(name = "ORIGIN", service = "origin")`);
  if (disk) bindings.push(`(name = "OUTWORK_LIMITS", durableObjectNamespace = "Limits")`);
  if (analytics) bindings.push(`(name = "OUTWORK_ANALYTICS", analyticsEngine = "analytics")`);
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .outwork),${tail ? `\n    (name = "tail", worker = .tail),` : ""}${disk ? `\n    (name = "disk", disk = (path = ${JSON.stringify(disk)}, writable = true)),` : ""}${analytics ? `\n    (name = "analytics", external = (address = "${analytics}", http = ())),` : ""}${tail ? `\n    (name = "siem", external = (address = "${new URL(tail.SIEM_URL).host}", http = ())),` : ""}
    (name = "outbound", external = (address = "${outbound}", http = ())),
    (name = "origin", external = (address = "${service ?? outbound}", http = ())),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", service = "main",
    http = (cfBlobHeader = "cf-blob", forwardedProtoHeader = "x-test-scheme"))],
);
const outwork :Workerd.Worker = (
  compatibilityDate = "${COMPATIBILITY_DATE}",
  globalOutbound = "outbound",
  bindings = [${bindings.join(", ")}],${disk ? OBJECTS : ""}${tail ? `\n  tails = ["tail"],` : ""}
  modules = [
    ${modules.join(",\n    ")},
    (name = "dist/outwork.wasm", wasm = embed "dist/outwork.wasm"),
    (name = "dist/policy.bundle", data = embed "dist/policy.bundle"),
  ],
);
const tail :Workerd.Worker = (
  compatibilityDate = "${COMPATIBILITY_DATE}",
  globalOutbound = "siem",
  bindings = [${variables.join(", ")}],
  modules = [(name = "tail/worker.js", esModule = embed "tail/worker.js")],
);
`;
}

const OBJECTS = `
  durableObjectNamespaces = [(className = "Limits", uniqueKey = "outwork-limits", enableSql = true)],
  durableObjectStorage = (localDisk = "disk"),`;

function filesIn(folder, part) {
  return readdirSync(join(folder, part)).filter((name) => name.endsWith(".js")).map((name) => `${part}/${name}`);
}
