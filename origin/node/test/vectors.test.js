import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { inspect } from "node:util";
import { base, derived } from "../src/evidence.js";
import { Refusal, TransactionRefused, requireTransaction } from "../src/index.js";
import { isThere, named, rfc9421, tampering, vectors, verifierOf, verify } from "./shared.js";

for (const one of vectors.cases) {
  test(`vector: ${one.name}`, () => {
    let said;
    try {
      said = { verified: { ...verify(verifierOf(vectors.keys, one.settings), one) } };
      said.verified.reasons = [...said.verified.reasons];
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      said = { refused: error.reason };
    }
    assert.deepEqual(said, one.verified ? { verified: one.verified } : { refused: one.refused });
  });
}

test("a risk whose body is bound is there for who has the body, and nothing else of a head gives it out", () => {
  const { request, now } = named("a bound body");
  const head = verifierOf(vectors.keys).head(request, now);
  assert.deepEqual(Reflect.ownKeys(head).sort(), ["bindsBody", "nonce", "until"]);
  assert.deepEqual(Reflect.ownKeys(Object.getPrototypeOf(head)).sort(), ["constructor", "withBody"]);
  assert.doesNotMatch(inspect(head, { depth: 9, showHidden: true }), /checkout/);
  assert.equal(head.bindsBody, true);
  for (const body of ["", "another"]) assert.throws(() => head.withBody(Buffer.from(body)), (error) => error instanceof Refusal && error.reason === "digest");
  requireTransaction(head.withBody(Buffer.from(request.body, "base64")), "checkout");
});

test("a body that nobody bound is not looked at", () => {
  const { request, now } = named("a body that was too large to bind");
  const head = verifierOf(vectors.keys).head(request, now);
  assert.deepEqual([head.bindsBody, head.withBody(Buffer.from("anything")).body], [false, "unbound"]);
});

test("of a transaction body and demand are demanded one by one", () => {
  const seen = new Set();
  for (const one of vectors.cases.filter(({ verified }) => verified?.transaction)) {
    const risk = verify(verifierOf(vectors.keys, one.settings), one);
    const [bound, met] = [risk.body === "bound", risk.demand !== "unmet"];
    const taken = (id) => [{}, { body: "any" }, { demand: "any" }, { body: "any", demand: "any" }].map((options) => {
      try {
        requireTransaction(risk, id, options);
        return true;
      } catch (error) {
        if (!(error instanceof TransactionRefused)) throw error;
        return false;
      }
    });
    assert.deepEqual(taken(risk.transaction), [bound && met, met, bound, true], one.name);
    assert.deepEqual(taken("another"), [false, false, false, false]);
    seen.add(`${bound} ${met}`);
  }
  assert.equal(seen.size, 4);
});

test("every honest request passes, and no changed one: 10,000 of each", { skip: isThere(tampering) ? false : `DID NOT RUN: ${tampering} is not there; cargo test -p outwork-compiler --test evidence makes it` }, async () => {
  const counted = { true: 0, false: 0 };
  let verifier;
  for await (const line of createInterface({ input: createReadStream(tampering) })) {
    const one = JSON.parse(line);
    if (verifier === undefined) {
      verifier = verifierOf(one.keys);
      continue;
    }
    let passed = true;
    try {
      verify(verifier, one);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      passed = false;
    }
    assert.equal(passed, one.honest, line);
    counted[one.honest] += 1;
  }
  assert.deepEqual(counted, { true: 10_000, false: 10_000 });
});

test("RFC 9421, B.2.5", () => {
  const { key, covered, values, parameters, signature } = rfc9421.hmac;
  const made = createHmac("sha256", Buffer.from(key, "base64")).update(base(covered, new Map(Object.entries(values)), parameters), "latin1");
  assert.equal(made.digest("base64"), signature);
});

for (const example of rfc9421.components) {
  test(`RFC 9421, ${example.section}`, () => assert.equal(derived(example).get(example.name), example.value));
}
