// What no honest edge sends: random and changed fields, and fields of a megabyte. They are refused, soon, and nothing else happens.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { Hono } from "hono";
import { base, derived } from "../src/evidence.js";
import { Refusal, Verifier, outworkHono } from "../src/index.js";
import { Malformed, parseDictionary, parseItem, parseList } from "../src/structured.js";
import { named, vectors, verifierOf, verify } from "./shared.js";

const PIECES = ["=", ",", ", ", ";", "(", ")", '"', "\\", ":", "?1", "@", "%", '%"', "%c3", "-", ".", " ", "\t", "\0", "\x7f", "\x80", "\xff", "\u0100", "*", "a", "outwork", "sha-256", "1234567890123456"];
const FIELDS = ["outwork-risk", "signature-input", "signature", "content-digest"];
const MEGABYTE = 1 << 20;
/** Milliseconds: much more than any of it takes, also on a busy machine, and much less than what grows with the square of a megabyte. */
const SOON = 10_000;
const BOUND = named("a bound body");

/** Numbers that are the same in every run (mulberry32). */
function diceOf(seed) {
  return (sides) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), seed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides;
  };
}

/** The text with something in it replaced, repeated, cut out or put in. */
function changed(text, dice) {
  for (let times = 1 + dice(4); times > 0; times -= 1) {
    const at = dice(text.length + 1);
    const end = at + [0, 1, 2, 8, 64][dice(5)];
    const put = [PIECES[dice(PIECES.length)], String.fromCharCode(dice(256)), text.slice(at, end).repeat(2), ""][dice(4)];
    text = text.slice(0, at) + put + text.slice(end);
  }
  return text;
}

/** Whether it is taken. Everything but a refusal is a failure of the test. */
function isTaken(verifier, one) {
  try {
    verify(verifier, one);
    return true;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return false;
  }
}

test("changed requests are refused, and nothing else", () => {
  const dice = diceOf(1);
  const verifier = verifierOf(vectors.keys);
  let taken = 0;
  for (let count = 0; count < 20_000; count += 1) {
    const one = structuredClone(vectors.cases[dice(vectors.cases.length)]);
    const part = ["method", "authority", "target", "headers"][dice(4)];
    if (part !== "headers") one.request[part] = changed(one.request[part], dice);
    else if (one.request.headers.length > 0) {
      const line = one.request.headers[dice(one.request.headers.length)];
      const at = dice(2);
      line[at] = changed(line[at], dice);
    }
    taken += isTaken(verifier, one);
  }
  assert.ok(taken > 0 && taken < 18_000, `${taken}`);
});

test("a changed risk that is signed is read or refused", () => {
  const dice = diceOf(2);
  const key = Buffer.alloc(32, "k");
  const verifier = new Verifier(new Map([["k", key]]));
  const parameters = '("@method" "@authority" "@path" "@query" "outwork-risk");created=1795305600;expires=1795305660;nonce="n";alg="hmac-sha256";keyid="k";tag="outwork-evidence"';
  const covered = ["@method", "@authority", "@path", "@query", "outwork-risk"];
  const risk = BOUND.request.headers.find(([name]) => name === "outwork-risk")[1].replace("bound", "none");
  let taken = 0;
  for (let count = 0; count < 20_000; count += 1) {
    const said = count === 0 ? risk : changed(risk, dice).replace(/^[ \t]+|[ \t]+$/g, "");
    // What is no byte, or a control character, nobody signs.
    if (/[\x00-\x08\x0a-\x1f\x7f]|[^\x00-\xff]/.test(said)) continue;
    const arrived = { method: "GET", authority: "shop.example", target: "/" };
    const values = derived(arrived).set("outwork-risk", said);
    const signature = createHmac("sha256", key).update(base(covered, values, parameters), "latin1").digest("base64");
    const headers = [["Outwork-Risk", said], ["Signature-Input", `outwork=${parameters}`], ["Signature", `outwork=:${signature}:`]];
    try {
      verifier.head({ ...arrived, headers }, 1795305600);
      taken += 1;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      assert.ok(count > 0 && error.reason === "malformed", `${error.reason}: ${said}`);
    }
  }
  assert.ok(taken > 100 && taken < 18_000, `${taken}`);
});

test("any text is a structured field, or malformed", () => {
  const dice = diceOf(3);
  let found = 0;
  for (let count = 0; count < 50_000; count += 1) {
    const text = Array.from({ length: dice(13) }, () => PIECES[dice(PIECES.length)]).join("");
    for (const parse of [parseDictionary, parseList, parseItem]) {
      try {
        parse(text);
        found += 1;
      } catch (error) {
        if (!(error instanceof Malformed)) throw error;
      }
    }
  }
  assert.ok(found > 1_000, `${found}`);
});

// Each is read from every one of its characters again by a parser that looks back.
const REPEATED = [" ", "\t", "a", "a=1,", "a,", "a;", ";", "(", "(a ", '"', '"\\', '"\\"', 'a="', ":", "a=:AAAA", "%", 'a=%"', "%c3", "1", "-", "a=0.", "=", ",", "\\", "\xff", "outwork=(", "outwork;a", ' "x"'];

for (const size of [16 << 10, MEGABYTE]) {
  test(`fields of ${size} bytes are refused soon`, () => {
    const verifier = verifierOf(vectors.keys);
    let slowest = 0;
    for (const field of FIELDS) {
      for (const piece of REPEATED) {
        const one = structuredClone(BOUND);
        for (const line of one.request.headers) {
          if (line[0] === field) line[1] = (line[1] + piece.repeat(size)).slice(0, size);
        }
        const began = performance.now();
        // Blanks at the end belong to no value.
        assert.equal(isTaken(verifier, one), piece === " " || piece === "\t", `${field} ${piece}`);
        slowest = Math.max(slowest, performance.now() - began);
      }
    }
    assert.ok(slowest < SOON, `${slowest} ms`);
  });
}

test("a hundred thousand lines are refused soon", () => {
  const verifier = verifierOf(vectors.keys);
  for (const name of [...FIELDS, "x"]) {
    const one = structuredClone(BOUND);
    for (let count = 0; count < 100_000; count += 1) one.request.headers.push([name, "a=1"]);
    const began = performance.now();
    assert.equal(isTaken(verifier, one), name === "x", name);
    assert.ok(performance.now() - began < SOON, name);
  }
});

test("a body that breaks off is refused by Hono's middleware, too", async () => {
  const app = new Hono();
  app.use(outworkHono({ keys: vectors.keys, replay: "none", clock: () => BOUND.now, log: () => {} }));
  app.all("*", (context) => context.text("reached"));
  const { method, authority, target, headers } = BOUND.request;
  const body = new ReadableStream({ pull: (stream) => stream.error(new Error("reset")) });
  const response = await app.fetch(new Request(`https://${authority}${target}`, { method, headers: [["host", authority], ...headers], body, duplex: "half" }));
  assert.deepEqual([response.status, (await response.json()).reason], [400, "broken"]);
});
