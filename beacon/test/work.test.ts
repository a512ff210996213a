import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { Tail } from "../src/sha256.ts";
import { Search } from "../src/work.ts";

test("SHA-256 as Node has it, for every length up to three blocks", () => {
  for (let length = 0; length < 190; length++) {
    const message = Uint8Array.from({ length }, (_, place) => (place * 7 + length) & 0xff);
    for (const fixed of [0, length >> 1, length]) {
      const words = new Tail(message, fixed).hash();
      const hex = Array.from(words, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
      assert.equal(hex, createHash("sha256").update(message).digest("hex"), `length ${length}, ${fixed} fixed`);
    }
  }
});

test("what is found is the first counter that will do", () => {
  for (const length of [0, 5, 53, 54, 55, 62, 63, 64, 118, 150]) {
    const challenge = "c".repeat(length);
    const search = new Search(challenge, 9);
    const found = search.run(1e6);
    let counter = 0;
    while (zeros(`${challenge}:${counter}`) < 9) counter++;
    assert.equal(found, String(counter), `length ${length}`);
    assert.equal(search.tried, counter + 1);
  }
});

test("a search goes on where it stopped", () => {
  const whole = new Search("challenge", 12).run(1e6);
  const parts = new Search("challenge", 12);
  let found;
  while ((found = parts.run(97)) === undefined);
  assert.equal(found, whole);
});

function zeros(text: string): number {
  const first = createHash("sha256").update(text).digest().readUInt32BE(0);
  return Math.clz32(first);
}
