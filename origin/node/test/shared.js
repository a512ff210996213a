// What the tests share: vectors, and the verifier that a case asks for.

import { createHash, createHmac, randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { base, derived } from "../src/evidence.js";
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

/** The risk of a case by its head and its body, or a refusal. */
export function verify(verifier, { request, now }) {
  return verifier.head(request, now).withBody(Buffer.from(request.body ?? "", "base64"));
}

export function verifierOf(keys, { skew, max_age: maxAge, authority } = {}) {
  return new Verifier(parseKeys(keys), { skew, maxAge, authority });
}

const SECRET = Buffer.alloc(32, "k");

/** Keys of the environment that `signedNow` signs with. */
export const KEYS_NOW = `evidence:now:${SECRET.toString("base64")}`;

/** The headers that an edge sends for this request at this moment. */
export function signedNow(method, authority, target, transaction) {
  const now = Math.floor(Date.now() / 1_000);
  const risk = `risk=1, band=low, verdict=allow, window=inside, confidence=0.5${transaction ? `, transaction=${transaction}` : ""}, reasons=(), bundle="b", id="i"`;
  const names = ["@method", "@authority", "@path", "@query", "outwork-risk", ...(transaction?.includes("body=bound") ? ["content-digest"] : [])];
  const digest = `sha-256=:${createHash("sha256").digest("base64")}:`;
  const parameters = `(${names.map((name) => `"${name}"`).join(" ")});created=${now};expires=${now + 60};nonce="${randomUUID()}";alg="hmac-sha256";keyid="now";tag="outwork-evidence"`;
  const values = derived({ method, authority, target }).set("outwork-risk", risk).set("content-digest", digest);
  const signature = createHmac("sha256", SECRET).update(base(names, values, parameters), "latin1").digest("base64");
  return { host: authority, "content-digest": digest, "outwork-risk": risk, "signature-input": `outwork=${parameters}`, signature: `outwork=:${signature}:` };
}
