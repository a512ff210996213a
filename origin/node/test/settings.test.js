// Each setting is checked where it is given: what would let more through is no setting.

import assert from "node:assert/strict";
import { inspect } from "node:util";
import { test } from "node:test";
import { MemoryReplayCache, Refusal, Verifier, outwork, outworkHono, outworkListener, parseKeys } from "../src/index.js";
import { named, vectors, verify } from "./shared.js";

const { keys } = vectors;
const good = { keys, replay: "none" };

const wrong = {
  replay: [undefined, null, "off", "None", MemoryReplayCache, {}],
  once: ["All", "", null, true],
  onMissing: ["allow", "Pass", null, false],
  observe: ["false", "true", 0, 1, null],
  scheme: ["ws", "HTTP", null],
  skew: ["5", Number.NaN, Number.POSITIVE_INFINITY, -1, 301, 0.5, null, [5]],
  maxAge: ["60", Number.NaN, Number.POSITIVE_INFINITY, 0, -60, 3_601, null],
  maxBody: ["1MiB", Number.NaN, Number.POSITIVE_INFINITY, 0, -1, null],
  authority: [7, null, "", ["shop.example", ""], [undefined]],
  target: ["/", null, 7],
  clock: [7, null, "now"],
  log: [null, false, "console"],
  exempt: ["", "health", ["/health*"], ["/health?x"], [""], [7], null, true],
  keys: [new Map(), new Map([["k", "a secret of text that is long enough to be one"]]), new Map([["k", Buffer.alloc(31)]]), {}, "", "k", "evidence:k:c2hvcnQ="],
  onmissing: ["pass"],
  max_age: [60],
};

for (const [name, values] of Object.entries(wrong)) {
  test(`\`${name}\` is checked`, () => {
    for (const value of values) {
      for (const make of [outwork, outworkHono, (settings) => outworkListener(settings, () => {})]) {
        assert.throws(() => make({ ...good, [name]: value }), (error) => !/secret of text/.test(error.message) && error.message.length > 0, `${name}: ${inspect(value)}`);
      }
    }
  });
}

test("a verifier by itself checks as much", () => {
  assert.throws(() => new Verifier(new Map([["k", "short"]])), TypeError);
  for (const settings of [{ skew: "5" }, { maxAge: Number.NaN }, { authority: [""] }, { max_age: 5 }]) assert.throws(() => new Verifier(parseKeys(keys), settings), TypeError);
});

test("what a settings' worth of nonsense cannot do: a time that is no number proves nothing", () => {
  const verifier = new Verifier(parseKeys(keys));
  const one = named("a path and a query");
  for (const now of [Number.NaN, undefined, "now"]) assert.throws(() => verify(verifier, { ...one, now }), (error) => error instanceof Refusal && error.reason === "early");
});

test("nothing that prints a verifier or a middleware prints a key", () => {
  const secret = Buffer.alloc(32, "Q");
  const verifier = new Verifier(new Map([["k", secret]]));
  const said = inspect(verifier, { depth: 9, showHidden: true }) + JSON.stringify(verifier) + Object.values(verifier);
  assert.doesNotMatch(said, /51 51|QQQ|81,\s*81/);
});

test("keys are a copy", () => {
  const map = new Map(parseKeys(keys));
  const verifier = new Verifier(map);
  map.clear();
  verify(verifier, named("a path and a query"));
});

test("a refusal says what to do, to who runs the origin", () => {
  const lines = [];
  const said = (name, settings) => {
    try {
      verify(new Verifier(settings?.keys ?? parseKeys(keys), settings?.more), named(name));
    } catch (error) {
      lines.push(error.detail);
      return error.detail;
    }
  };
  assert.match(said("nothing"), /did not pass the edge.*when-the-edge-says-nothing/);
  assert.match(said("another path"), /authority "shop\.example" and the key `.+`: does a proxy.*behind-a-proxy/);
  assert.match(said("a path and a query", { keys: new Map([["mine", Buffer.alloc(32)]]) }), /signed with `.+`, and this origin has "mine": .*outwork keys evidence/);
  assert.match(said("a path and a query", { more: { authority: ["a.example", "b.example"] } }), /"a\.example", "b\.example"/);
  assert.ok(lines.every((line) => !/[\n\r]/.test(line)));
});

test("payments have room of their own", () => {
  const cache = new MemoryReplayCache(1, () => 100);
  assert.ok(cache.first("a", 200));
  assert.throws(() => cache.first("b", 200), /remembered/);
  assert.ok(cache.firstTransaction("c", 200));
  assert.ok(!cache.firstTransaction("c", 200));
  for (const [capacity, clock] of [["9"], [-1], [Number.NaN], [9, 7]]) assert.throws(() => new MemoryReplayCache(capacity, clock), TypeError);
});

test("keys have a mark of their kind, and those of another are refused by name", () => {
  const secret = Buffer.alloc(32, "Q").toString("base64");
  assert.deepEqual([...parseKeys(`evidence:k:${secret}`).keys()], ["k"]);
  for (const [text, says] of [[`master:k:${secret}`, "`k` is a key of a host"], [`evidence:a:${secret},audit:k:${secret}`, "`k` is a key of records"], [`other:k:${secret}`, "form"], [`k:${secret}`, "not of the form `evidence:id:base64`, as `outwork keys evidence` prints it"], [`evidence:${secret}`, "form"], [`a:b:c:${secret}`, "form"]]) {
    assert.throws(() => parseKeys(text), (error) => error.message.includes(says) && !error.message.includes("UVFR"), text);
  }
});
