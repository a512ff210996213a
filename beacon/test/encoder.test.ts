import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { Encoder, Kind, MAX_BYTES, MAX_EVENTS } from "../src/encoder.ts";
import { siphash128 } from "../src/siphash.ts";
import { blob, type Vector } from "./blobs.ts";

const FILE = new URL("vectors.json", import.meta.url);
const { vectors } = JSON.parse(readFileSync(FILE, "utf8")) as { vectors: Vector[] };
const KEY = new Uint8Array(16);

for (const vector of vectors) {
  test(`vector: ${vector.name}`, () => {
    const made = blob(vector);
    // OUTWORK_BLESS=1 writes what is made; the Rust decoder reads the same file and must agree with its events.
    if (process.env["OUTWORK_BLESS"]) vector.blob = made;
    assert.equal(made, vector.blob);
  });
}

if (process.env["OUTWORK_BLESS"]) process.on("exit", () => writeFileSync(FILE, text()));

test("the header and the first event, byte by byte", () => {
  const encoder = new Encoder(1_000);
  encoder.placed(Kind.Move, 1_016.4, 300.2, 200.7);
  encoder.placed(Kind.Move, 1_033, 298, 203, 3);
  const made = encoder.seal({ environment: 0x0102, sequence: 5_000, clock: 0x0198_7654_3210 }, KEY);
  const body = [1, 0x02, 0x01, 0x88, 0x13, 0, 0, 0x10, 0x32, 0x54, 0x76, 0x98, 0x01, 2, 0x00, 16, 0, 0, 0x80, 3, 17, 3, 4];
  assert.deepEqual([...made.subarray(0, -16)], body);
  assert.deepEqual(made.subarray(-16), siphash128(KEY, made.subarray(0, -16)));
});

test("a blob begins where the one before it ended, in time and in place", () => {
  const encoder = new Encoder(0);
  encoder.placed(Kind.Move, 10, 5, 5);
  encoder.seal({ environment: 0, sequence: 1, clock: 0 }, KEY);
  assert.equal(encoder.count, 0);
  encoder.placed(Kind.Move, 40, 15, 3);
  const made = encoder.seal({ environment: 0, sequence: 2, clock: 0 }, KEY);
  assert.deepEqual([...made.subarray(13, 18)], [1, 0, 30, 20, 3]);
});

test("what is not told of takes the pointer along", () => {
  const encoder = new Encoder(0);
  encoder.placed(Kind.Move, 10, 5, 5);
  encoder.carry(100.4, 200);
  encoder.placed(Kind.Move, 40, 101, 200);
  const made = encoder.seal({ environment: 0, sequence: 1, clock: 0 }, KEY);
  assert.deepEqual([...made.subarray(13, -16)], [2, 0, 10, 0, 0, 0, 30, 2, 0]);
});

test("each batch of a hidden page says that it is", () => {
  const encoder = new Encoder(0, true);
  const batch = (...kinds: Kind[]): number[] => {
    for (const kind of kinds) encoder.plain(kind, 0);
    const made = encoder.seal({ environment: 0, sequence: 1, clock: 0 }, KEY);
    return [...made.subarray(14, -16)].filter((_, place) => place % 2 === 0);
  };
  assert.deepEqual(batch(Kind.Click, Kind.Click), [Kind.Hidden, Kind.Click, Kind.Click]);
  assert.deepEqual(batch(Kind.Click), [Kind.Hidden, Kind.Click]);
  assert.deepEqual(batch(Kind.Shown), [Kind.Shown]);
  encoder.hidden = false;
  assert.deepEqual(batch(Kind.Click), [Kind.Click]);
});

test("what is forgotten is not sent", () => {
  const encoder = new Encoder(0);
  encoder.placed(Kind.Move, 10, 5, 5);
  encoder.drop();
  assert.equal(encoder.seal({ environment: 0, sequence: 1, clock: 0 }, KEY).length, 14 + 16);
});

test("time never runs backwards, and steps have a limit", () => {
  const encoder = new Encoder(100);
  encoder.placed(Kind.Move, 50, 0, 0);
  encoder.placed(Kind.Move, 9e9, 1e9, -1e9);
  const made = encoder.seal({ environment: 0, sequence: 1, clock: 0 }, KEY);
  assert.deepEqual([...made.subarray(14, -16)], [0, 0, 0, 0, 0, 0x80, 0xdd, 0xdb, 0x01, 0xfe, 0xff, 0x03, 0xfd, 0xff, 0x03]);
});

test("a full blob takes no more, and stays within what the edge reads", () => {
  const small = new Encoder(0);
  for (let one = 0; one < MAX_EVENTS; one++) assert.ok(small.plain(Kind.Click, one));
  assert.ok(!small.plain(Kind.Click, 1_000));
  assert.equal(small.count, MAX_EVENTS);
  const large = new Encoder(0);
  let one = 0;
  while (large.placed(Kind.TouchMove, one++ * 3e6, one % 2 ? -30_000 : 30_000, one % 2 ? 30_000 : -30_000, 1e9)) {
    large.varint(0xffff);
    large.byte(255);
  }
  assert.ok(large.count < MAX_EVENTS);
  assert.ok(large.seal({ environment: 0, sequence: 1, clock: 0 }, KEY).length <= MAX_BYTES);
});

/** One event a line. */
function text(): string {
  const whole = JSON.parse(readFileSync(FILE, "utf8"));
  const listed = vectors.map(({ events, ...rest }) => {
    const inner = events.map((event) => `        ${JSON.stringify(event)}`).join(",\n");
    const { blob, ...head } = rest;
    return `    {\n      ${JSON.stringify(head).slice(1, -1)},\n      "events": [\n${inner}\n      ],\n      "blob": ${JSON.stringify(blob)}\n    }`;
  });
  return `{\n  "about": ${JSON.stringify(whole.about)},\n  "vectors": [\n${listed.join(",\n")}\n  ]\n}\n`;
}
