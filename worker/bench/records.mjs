// What a record and its chain cost in V8: the Worker's core alone, in Node, with policies that differ in nothing else.
//
//     worker/build && node worker/bench/records.mjs
//
// Prints microseconds of a decision: fastest of many rounds, policies in turn, since other programs only ever add time.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { Core } from "../shell/core.js";

const ROOT = new URL("../../", import.meta.url).pathname;
const ROUNDS = 60;
const REQUESTS = 500;
const VARIANTS = { "no record": 'record = "none"', record: "audit = false", "record, chained": "" };

const folder = mkdtempSync(join(tmpdir(), "outwork-records-"));
try {
  const module = new WebAssembly.Module(readFileSync(join(ROOT, "worker/dist/outwork.wasm")));
  const cores = Object.entries(VARIANTS).map(([name, line]) => [name, core(module, name, line)]);
  const request = new Request("https://shop.example/catalogue/books?page=2", {
    headers: {
      "user-agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
      accept: "text/html,application/xhtml+xml", "accept-language": "en-US,en;q=0.9", "cf-connecting-ip": "203.0.113.9",
    },
  });
  const best = new Map(cores.map(([name]) => [name, Infinity]));
  let bytes = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, one] of cores) {
      const begun = performance.now();
      for (let n = 0; n < REQUESTS; n += 1) bytes = Math.max(bytes, one.decide(request, request.url).length);
      best.set(name, Math.min(best.get(name), ((performance.now() - begun) * 1000) / REQUESTS));
    }
  }
  for (const [name, micros] of best) console.log(`${name.padEnd(16)} ${micros.toFixed(2)} µs a decision`);
  console.log(`effects of at most ${bytes} characters`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** A core with a policy of one rule, and this line in `[policy]`. */
function core(module, name, line) {
  writeFileSync(join(folder, "outwork.toml"), `[policy]\nversion = "bench"\nmode = "enforce"\npacks = ["pack.toml"]\n${line}\n`);
  writeFileSync(join(folder, "pack.toml"), '[pack]\nid = "p"\nversion = "1"\nwhy = "x"\n[[rule]]\nid = "r"\nwhen = \'request.path.startsWith("/catalogue")\'\nscore = 1\nlayer = "device"\nwhy = "x"\n');
  const bundle = join(folder, `${name.replaceAll(/\W/g, "")}.bundle`);
  execFileSync("cargo", ["run", "--quiet", "--locked", "-p", "outwork-cli", "--", "build", folder, "-o", bundle], { cwd: ROOT, stdio: ["ignore", "ignore", "inherit"] });
  const settings = { keys: `bench:${"QUFB".repeat(10)}QUE=`, limits: { bindings: "" } };
  return new Core(new WebAssembly.Instance(module, {}).exports, settings, readFileSync(bundle));
}
