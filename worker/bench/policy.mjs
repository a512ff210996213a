// The policy in rules/, with another `record` setting.
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../test/support/workerd.mjs";

/**
 * The path of a bundle of rules/ whose decisions leave these records; it lasts as long as this process.
 *
 * @param {"all" | "none"} record
 */
export function baseline(record) {
  const folder = mkdtempSync(join(tmpdir(), "outwork-bench-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  cpSync(join(ROOT, "rules"), join(folder, "rules"), { recursive: true });
  const settings = join(folder, "rules/outwork.toml");
  const text = readFileSync(settings, "utf8");
  if (!/^record = "\w+"$/m.test(text)) throw new Error("rules/outwork.toml does not say what it records");
  writeFileSync(settings, text.replace(/^record = "\w+"$/m, `record = "${record}"`));
  const bundle = join(folder, "policy.bundle");
  const outwork = ["run", "--quiet", "--locked", "-p", "outwork-cli", "--"];
  execFileSync("cargo", [...outwork, "build", join(folder, "rules"), "-o", bundle], { cwd: ROOT, stdio: ["ignore", "ignore", "inherit"] });
  return bundle;
}
