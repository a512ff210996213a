// How many replies are held back at a time.
import assert from "node:assert/strict";
import { test } from "node:test";

const MOST = 500;

/** Waits that never end: their clients are gone, and workerd has forgotten the requests. */
let waits = 0;
globalThis.scheduler = { wait: () => new Promise(() => (waits += 1)) };
const { hold } = await import("../shell/tarpit.js");

test("no more replies are held back than memory is for, and those who leave make room", async (t) => {
  t.mock.timers.enable({ apis: ["Date"] });
  await hold(0);
  for (let reply = 0; reply < MOST; reply += 1) hold(50);
  assert.equal(waits, MOST);
  await hold(50);
  assert.equal(waits, MOST, "one more goes at once");
  t.mock.timers.tick(51);
  hold(50);
  assert.equal(waits, MOST + 1);
});
