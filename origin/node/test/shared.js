// What the tests share: vectors, and the verifier that a case asks for.

import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Verifier, parseKeys } from "../src/index.js";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

export const vectors = JSON.parse(readFileSync(at("../../vectors/evidence.json"), "utf8"));
export const rfc9421 = JSON.parse(readFileSync(at("../../vectors/rfc9421.json"), "utf8"));
export const structured = at("../../../tests/fixtures/structured-fields");
export const data = `${process.env.OUTWORK_DATA ?? at("../../../../shared/data")}/vectors/structured-fields`;
// Where `cargo test -p outwork-compiler --test evidence` leaves it.
export const tampering = process.env.OUTWORK_TAMPERING ?? at("../../../target/tmp/tampering.jsonl");
export const isThere = existsSync;

/** A case by its name. */
export function named(name) {
  const found = vectors.cases.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no case \`${name}\``);
  return found;
}

/** Head and body of a case, or a refusal. */
export function verify(verifier, { request, now }) {
  const head = verifier.head(request, now);
  head.checkBody(Buffer.from(request.body ?? "", "base64"));
  return head;
}

export function verifierOf(keys, { skew, max_age: maxAge, authority } = {}) {
  return new Verifier(parseKeys(keys), { skew, maxAge, authority });
}
