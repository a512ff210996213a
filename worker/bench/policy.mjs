// The policy in rules/, with another `record` setting and more limits.
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../test/support/workerd.mjs";

/**
 * The path of a bundle of rules/ whose decisions leave these records, with these limits besides; it lasts as long as this process.
 *
 * @param {"all" | "none"} record
 * @param {string} [limits]  TOML.
 */
export function baseline(record, limits = "") {
  const folder = mkdtempSync(join(tmpdir(), "outwork-bench-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  // The policy names its models beside it.
  for (const part of ["rules", "models"]) cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  const settings = join(folder, "rules/outwork.toml");
  const text = readFileSync(settings, "utf8");
  if (!/^record = "\w+"$/m.test(text)) throw new Error("rules/outwork.toml does not say what it records");
  writeFileSync(settings, `${text.replace(/^record = "\w+"$/m, `record = "${record}"`)}\n${limits}`);
  const bundle = join(folder, "policy.bundle");
  const outwork = ["run", "--quiet", "--locked", "-p", "outwork-cli", "--"];
  execFileSync("cargo", [...outwork, "build", join(folder, "rules"), "-o", bundle], { cwd: ROOT, stdio: ["ignore", "ignore", "inherit"] });
  return bundle;
}

/**
 * Limits that every request is charged to and none exhausts: `count` of this scope.
 *
 * @param {number} count
 * @param {"local" | "global"} scope
 */
export function limits(count, scope) {
  const one = (_, place) => `
[[limit]]
id = "bench.charged-${place}"
when = 'request.path != "/none-${place}"'
key = ["device"]
burst = 1000000
refill = "100000/s"
scope = "${scope}"
`;
  return Array.from({ length: count }, one).join("");
}
