// One burst of load on one workerd, by Debian's wrk.
import { execFile, spawnSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const CONNECTIONS = 8;

/** The core of the workers that are measured, and that of the load and the origin. */
export const [MEASURED, OTHERS] = [0, availableParallelism() - 1];

const REQUEST = fileURLToPath(new URL("load.lua", import.meta.url));

/** Why there can be no load here; empty when there can. */
export function loaderMissing() {
  const missing = ["wrk", "taskset"].filter((program) => spawnSync(program, ["--version"]).error);
  return missing.length > 0 ? `missing: ${missing.join(", ")}; \`apt-get install wrk util-linux\`` : "";
}

/**
 * Loads `worker` for `seconds`, and returns the microseconds of CPU that its process spent on each request.
 *
 * @param {{ pid: number, port: number }} worker
 * @param {number} seconds
 */
export async function load({ pid, port }, seconds) {
  const before = cpuNanoseconds(pid);
  const { stdout, stderr } = await run("taskset", ["--cpu-list", String(OTHERS), "wrk", "-t1", `-c${CONNECTIONS}`, `-d${seconds}s`, "-s", REQUEST, `http://127.0.0.1:${port}`]);
  const spent = cpuNanoseconds(pid) - before;
  const requests = Number(/(\d+) requests in/.exec(stdout)?.[1]);
  if (stderr || !(requests > 0) || /Non-2xx|Socket errors/.test(stdout)) throw new Error(`the load did not go through:\n${stderr}${stdout}`);
  return spent / requests / 1000;
}

/** What all threads of a process have spent on a processor (proc(5), schedstat). */
function cpuNanoseconds(pid) {
  const threads = readdirSync(`/proc/${pid}/task`);
  return threads.reduce((sum, thread) => sum + Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]), 0);
}
