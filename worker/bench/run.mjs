// CPU of a workerd process for each request: a no-op Worker, a JavaScript Worker that edits four headers, and Outwork.
//
//   node worker/bench/run.mjs [--rounds N] [--seconds N] [--write]
//
// Rounds are interleaved, so that what else the machine does falls on all alike; ratios are taken within a round.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { KEYS } from "../test/support/keys.mjs";
import { ROOT, SERVED, startWorkerd } from "../test/support/workerd.mjs";
import { MEASURED, OTHERS, load, loaderMissing } from "./load.mjs";
import { baseline, limits } from "./policy.mjs";
import { quartiles, table, writeSection } from "./report.mjs";

/** At most this many times the CPU of the JavaScript Worker that edits four headers. */
const BAR = 1.3;
/** Until V8 has compiled all that a request runs. */
const WARM_UP_SECONDS = 5;

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "15" },
    seconds: { type: "string", default: "1" },
    write: { type: "boolean", default: false },
  },
});
const rounds = Number(values.rounds);
const seconds = Number(values.seconds);

const missing = loaderMissing() || (existsSync(SERVED) ? "" : "worker/dist is empty: run `worker/build` first");
if (missing) {
  console.error(missing);
  process.exit(2);
}

const running = [];
const disk = mkdtempSync(join(tmpdir(), "outwork-bench-objects-"));
const start = async (core, outbound, options) => {
  const worker = await startWorkerd({ core, outbound, env: { OUTWORK_KEYS: KEYS }, bundle: SERVED, quiet: true, ...options });
  running.push(worker);
  return worker;
};

try {
  const nowhere = "127.0.0.1:9";
  const origin = await start(OTHERS, nowhere, { entry: "bench/workers/noop.js" });
  const measured = (options) => start(MEASURED, `127.0.0.1:${origin.port}`, options);
  const samples = await measure({
    noop: await measured({ entry: "bench/workers/noop.js" }),
    rival: await measured({ entry: "bench/workers/rival.js" }),
    outwork: await measured({ bundle: baseline("none") }),
    logging: await measured({ bundle: baseline("all") }),
    charged: await measured({ bundle: baseline("none", limits(3, "local")) }),
    shared: await measured({ bundle: baseline("none", limits(1, "global")), disk }),
  });
  const text = table(samples, { rounds, seconds, bar: BAR });
  console.log(text);
  if (values.write) writeSection(join(ROOT, "docs/performance.md"), "Worker", text);
  const [, median] = quartiles(samples.outwork.map((cpu, round) => cpu / samples.rival[round]));
  process.exitCode = median <= BAR ? 0 : 1;
} finally {
  for (const worker of running) await worker.stop();
  rmSync(disk, { recursive: true, force: true });
}

/** Microseconds of CPU for each request, by worker, a number a round. */
async function measure(workers) {
  const samples = Object.fromEntries(Object.keys(workers).map((name) => [name, []]));
  for (const worker of Object.values(workers)) await load(worker, WARM_UP_SECONDS);
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, worker] of Object.entries(workers)) samples[name].push(await load(worker, seconds));
    process.stderr.write(`\rround ${round + 1} of ${rounds}`);
  }
  process.stderr.write("\n");
  return samples;
}
