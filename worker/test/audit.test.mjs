// Records of a real workerd are a chain that `outwork verify --audit` proves; without one of them it does not.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { call } from "./support/client.mjs";
import { KEYS } from "./support/keys.mjs";
import { startRecorder } from "./support/wire.mjs";
import { ROOT, outwork, records, startWorkerd } from "./support/workerd.mjs";

const COUNT = 60;

let origin, edge, folder;
before(async () => {
  origin = await startRecorder();
  edge = await startWorkerd({ outbound: origin.address, env: { OUTWORK_KEYS: KEYS, OUTWORK_ON_ERROR: "closed" } });
  folder = mkdtempSync(join(tmpdir(), "outwork-audit-"));
});
after(async () => {
  await edge?.stop();
  await origin?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** What the command says of these lines. */
function verify(lines, ...options) {
  const file = join(folder, "records.jsonl");
  writeFileSync(file, `${lines.join("\n")}\n`);
  const { status, stdout, stderr } = spawnSync(...outwork("verify", "--audit", file, ...options), { cwd: ROOT, encoding: "utf8", env: { ...process.env, OUTWORK_KEYS: KEYS } });
  return { status, said: stdout + stderr };
}

test("records are a chain, in the order of the requests, and none can be missing", async () => {
  const asked = Array.from({ length: COUNT }, (_, at) => call(edge.port, `/page/${at}`));
  await Promise.all(asked);
  const parsed = await records(edge, COUNT);
  const lines = edge.lines.filter((line) => line.startsWith('{"time"'));
  assert.equal(lines.length, COUNT);
  const chains = parsed.map((record) => record.unmapped.outwork.chain);
  assert.equal(chains[0].opens.why, "start");
  assert.match(chains[0].opens.bundle, /^[0-9a-f]{64}$/);
  assert.equal(new Set(chains.map(({ id }) => id)).size, 1);
  assert.equal(parsed[0].unmapped.outwork.host.name, "worker");
  assert.equal(parsed[0].unmapped.outwork.elapsed_us, undefined);
  const whole = verify(lines, "--count", String(COUNT));
  assert.equal(whole.status, 0, whole.said);
  assert.match(whole.said, /60 proven records of 1 chain: none is missing before the last of its chain that is here, changed, moved or there twice; /);
  const gone = verify(lines.toSpliced(30, 1));
  assert.equal(gone.status, 1, gone.said);
  assert.match(gone.said, /record 31 is missing, between lines 30 and 31/);
  const moved = [...lines];
  [moved[3], moved[4]] = [moved[4], moved[3]];
  assert.equal(verify(moved).status, 1);
  const changed = verify(lines.with(7, lines[7].replace("/page/", "/pagf/")));
  assert.match(changed.said, /:8: chain [0-9a-f]{16}: record 8 was changed after it was written/);
});
