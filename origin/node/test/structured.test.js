// The HTTP working group's tests of Structured Fields, and the generated ones of OUTWORK_DATA.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { Malformed, parseDictionary, parseItem, parseList } from "../src/structured.js";
import { data, isThere, structured } from "./shared.js";

// What a parser may take or leave, and this one leaves: base64 that is not canonical.
const LEFT = new Set(["bad padding", "non-zero pad bits"]);
const files = new Map();
for (const folder of [structured, data].filter(isThere)) {
  for (const name of readdirSync(folder).filter((name) => name.endsWith(".json"))) files.set(name, `${folder}/${name}`);
}

for (const [name, file] of files) {
  test(name, () => {
    for (const one of JSON.parse(readFileSync(file, "utf8"))) {
      const text = one.raw.map((line) => Buffer.from(line, "utf8").toString("latin1")).join(", ");
      let found;
      try {
        found = parsed(one.header_type, text);
      } catch (error) {
        if (!(error instanceof Malformed)) throw error;
        assert.ok(one.must_fail || LEFT.has(one.name), `${one.name}: ${error.message}`);
        continue;
      }
      assert.ok(!one.must_fail, one.name);
      assert.deepEqual(found, one.expected, one.name);
    }
  });
}

test("the generated ones", { skip: isThere(data) ? false : `DID NOT RUN: ${data} is not there; OUTWORK_DATA names the folder of the data` }, () => {
  assert.equal([...files.keys()].filter((name) => name.endsWith("-generated.json")).length, 5);
});

/** In the suite's form. Of a dictionary's members that have one key the last counts, in the place of the first. */
function parsed(type, text) {
  if (type === "item") return member(parseItem(text));
  if (type === "list") return parseList(text).map(member);
  return [...new Map(parseDictionary(text).map(({ key, value }) => [key, member(value)]))];
}

function member({ type, value, items, parameters }) {
  return [type === "list" ? items.map(member) : bare({ type, value }), [...parameters].map(([key, one]) => [key, bare(one)])];
}

function bare({ type, value }) {
  if (type === "bytes") return { __type: "binary", value: base32(value) };
  if (type === "display") return { __type: "displaystring", value };
  return type === "token" || type === "date" ? { __type: type, value } : value;
}

function base32(bytes) {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const text = (bits.match(/.{1,5}/g) ?? []).map((five) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[Number.parseInt(five.padEnd(5, "0"), 2)]).join("");
  return text.padEnd(Math.ceil(text.length / 8) * 8, "=");
}
