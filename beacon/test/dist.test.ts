import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
// @ts-expect-error The build is plain JavaScript.
import { files, stale } from "../build.mjs";

const made = (await files()) as Record<string, string>;
const DIST = new URL("../dist/", import.meta.url);

test("dist/ is what this source makes, byte for byte", () => {
  assert.deepEqual(stale(made), [], "run npm run build in beacon/");
});

test("the script takes at most 4 KiB gzipped", () => {
  const size = gzipSync(readFileSync(new URL("beacon.js", DIST)), { level: 9 }).length;
  assert.ok(size <= 4096, `${size} bytes`);
});

test("an id is the beginning of the content's SHA-256", () => {
  for (const name of Object.keys(made).filter((name) => name.endsWith(".id"))) {
    const content = readFileSync(new URL(name.slice(0, -3), DIST));
    assert.equal(readFileSync(new URL(name, DIST), "utf8"), createHash("sha256").update(content).digest("hex").slice(0, 16));
  }
});

test("nothing in the scripts needs more than script-src and connect-src", () => {
  for (const name of Object.keys(made).filter((name) => name.endsWith(".js"))) {
    assert.doesNotMatch(made[name], /\beval\(|new Function|innerHTML|document\.write|localStorage|document\.cookie|https?:\/\/(?!www\.w3\.org\/2000\/svg)/, name);
  }
});

test("only the challenge page's guard against reloading for ever stores anything", () => {
  for (const name of Object.keys(made).filter((name) => name.endsWith(".js") && name !== "challenge.js")) assert.doesNotMatch(made[name], /sessionStorage/, name);
});

test("the challenge page's files leave 2.5 KiB of its 15 to the page itself", () => {
  const size = Buffer.byteLength(made["challenge.js"]) + Buffer.byteLength(made["challenge.css"]);
  assert.ok(size <= 12.5 * 1024, `${size} bytes`);
});

test("no name that a browser gives was shortened", () => {
  for (const name of ["back", "reload", "status", "value", "hidden", "focus", "postMessage", "terminate", "getCoalescedEvents", "sendBeacon"]) assert.match(made["challenge.js"], new RegExp(`\\b${name}\\b`), name);
});
