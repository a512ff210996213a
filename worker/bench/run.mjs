// CPU of a workerd process for each request: a no-op Worker, a JavaScript Worker that edits four headers, and Outwork.
//
//   node worker/bench/run.mjs [--rounds N] [--seconds N] [--write]
//
// Rounds are interleaved, so that what else the machine does falls on all three; the ratio is taken within a round.
import { parseArgs } from "node:util";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { KEYS } from "../test/support/keys.mjs";
import { ROOT, SERVED, startWorkerd } from "../test/support/workerd.mjs";
import { load, loaderMissing } from "./load.mjs";
import { quartiles, table, writeSection } from "./report.mjs";

/** At most this many times the CPU of the JavaScript Worker that edits four headers. */
const BAR = 1.3;

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

const env = { OUTWORK_KEYS: KEYS };
const running = [];
const start = async (options) => {
  const started = await startWorkerd({ bundle: SERVED, env, quiet: true, ...options });
  running.push(started);
  return started;
};

try {
  const origin = await start({ entry: "bench/workers/noop.js", outbound: "127.0.0.1:9" });
  const outbound = `127.0.0.1:${origin.port}`;
  const workers = {
    "no-op": await start({ entry: "bench/workers/noop.js", outbound }),
    "JavaScript, four headers": await start({ entry: "bench/workers/rival.js", outbound }),
    Outwork: await start({ outbound }),
  };
  const samples = await measure(workers);
  const ratios = samples.Outwork.map((cpu, round) => cpu / samples["JavaScript, four headers"][round]);
  const [, median] = quartiles(ratios);
  const text = table({ samples, ratios, rounds, seconds, bar: BAR });
  console.log(text);
  if (values.write) writeSection(join(ROOT, "docs/performance.md"), "Worker", text);
  process.exitCode = median <= BAR ? 0 : 1;
} finally {
  for (const worker of running) await worker.stop();
}

/** Microseconds of CPU for each request, by worker, a number a round. */
async function measure(workers) {
  const samples = Object.fromEntries(Object.keys(workers).map((name) => [name, []]));
  for (const worker of Object.values(workers)) await load(worker, 5);
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, worker] of Object.entries(workers)) samples[name].push(await load(worker, seconds));
    process.stderr.write(`\rround ${round + 1} of ${rounds}`);
  }
  process.stderr.write("\n");
  return samples;
}
