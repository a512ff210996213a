// Verifies the evidence of a request: `Outwork-Risk` and its RFC 9421 signature.
//
// Nothing here reads a header of ours as anything but bytes until the signature over these very bytes holds.

import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { names, refuseUnknown, soundKeys, whole } from "./checks.js";
import { readRisk } from "./risk.js";
import { Malformed, parseDictionary } from "./structured.js";

const LABEL = "outwork";
const TAG = "outwork-evidence";
const ALGORITHM = "hmac-sha256";
const RISK = "outwork-risk";
const DIGEST = "content-digest";
const REQUIRED = ["@method", "@authority", "@path", "@query", RISK];
const READ = [RISK, DIGEST, "signature-input", "signature"];
const MOST_BYTES = 16 * 1024;
const MOST_NONCE = 128;
const HELP = "docs/origin.md";
// What somebody else wrote goes into a log: not all of it, and no control characters.
const quoted = (all) => [...all].map((name) => JSON.stringify(name.slice(0, 100))).join(", ");

/** Why a request's evidence does not hold: `reason` is one of a few stable words, the message a sentence for who runs the origin. */
export class Refusal extends Error {
  name = "Refusal";

  constructor(reason, detail) {
    super(detail);
    Object.assign(this, { reason, detail });
  }
}

/** Verifies evidence with these keys. `skew` and `maxAge` are in seconds; `authority` has the names that stand in place of what the request says. */
export class Verifier {
  // Private, so that nothing that prints a verifier prints a secret.
  #keys;
  #skew;
  #maxAge;
  #authorities;

  constructor(keys, { skew = 5, maxAge = 60, authority = [], ...unknown } = {}) {
    refuseUnknown(unknown);
    this.#keys = soundKeys(keys);
    this.#skew = whole("skew", skew, 0, 300);
    this.#maxAge = whole("maxAge", maxAge, 1, 3_600);
    this.#authorities = names("authority", authority);
  }

  /** Checks everything but the body, or throws a `Refusal`. `now` is in seconds since 1970. */
  head(arrived, now) {
    const lines = linesOf(arrived.headers);
    const risk = only(lines.get(RISK), RISK, "missing");
    const signed = inputOf(ours(lines.get("signature-input"), "signature-input"));
    const signature = signatureOf(ours(lines.get("signature"), "signature"));
    const key = this.#keys.get(signed.keyid);
    if (key === undefined) throw new Refusal("key", `signed with \`${signed.keyid}\`, and this origin has ${quoted(this.#keys.keys())}: give it what \`outwork keys evidence\` prints now (${HELP}#keys)`);
    const until = this.#until(signed, now);
    const coversBody = signed.covered.includes(DIGEST);
    const digest = coversBody ? only(lines.get(DIGEST), DIGEST, "digest") : "";
    const names = this.#authorities.length > 0 ? this.#authorities : [arrived.authority];
    const holds = (name) => {
      const values = derived(arrived, name).set(RISK, risk).set(DIGEST, digest);
      return same(createHmac("sha256", key).update(base(signed.covered, values, signed.text), "latin1").digest(), signature);
    };
    if (!names.some(holds)) throw new Refusal("signature", `the signature is not over this request, tried with the authority ${quoted(names)} and the key \`${signed.keyid}\`: does a proxy write another Host, path or port (${HELP}#behind-a-proxy), or is this key of \`OUTWORK_EVIDENCE_KEYS\` another edge's?`);
    return new Head(riskOf(risk, coversBody), `${signed.keyid}:${signed.nonce}`, until, coversBody ? digestOf(digest) : null);
  }

  #until({ created, expires }, now) {
    const until = Math.min(expires, created + this.#maxAge) + this.#skew;
    // Written so that what is no number is refused.
    if (!(created <= now + this.#skew)) throw new Refusal("early", `the signature is ${created - now} seconds from the future: do the clocks agree?`);
    if (!(now <= until)) throw new Refusal("expired", `the signature ended ${now - until} seconds ago: do the clocks agree, or did somebody keep the request?`);
    return until;
  }
}

/** What the signature over a request's head shows. Its risk is there for who has the body: a risk that says `bound` has been checked. */
export class Head {
  #risk;
  #digest;

  constructor(risk, nonce, until, digest) {
    this.#risk = risk;
    this.#digest = digest;
    Object.assign(this, { nonce, until, bindsBody: digest !== null });
  }

  /** The risk, or a `Refusal` where this is not the body that was signed. One that is not bound is not looked at. */
  withBody(body) {
    if (this.#digest !== null && !same(createHash("sha256").update(body).digest(), this.#digest)) throw new Refusal("digest", "the body is not the one that was signed");
    return this.#risk;
  }
}

/** The components that are no fields (RFC 9421, 2.2). */
export function derived({ method, authority, target, scheme = "https" }, instead = authority) {
  const mark = target.indexOf("?");
  const path = mark < 0 ? target : target.slice(0, mark);
  const port = scheme === "https" ? ":443" : ":80";
  const name = instead.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  return new Map([
    ["@method", method],
    ["@authority", name.endsWith(port) ? name.slice(0, -port.length) : name],
    ["@path", path === "" ? "/" : path],
    ["@query", mark < 0 ? "?" : target.slice(mark)],
  ]);
}

/** The signature base (RFC 9421, 2.5). The parameters' line is the text that came: what was written otherwise was not signed. */
export function base(covered, values, parameters) {
  let text = "";
  for (const name of covered) {
    const value = values.get(name);
    // What is no byte would lose its upper half when it is signed as one.
    if (/[\x00-\x08\x0a-\x1f\x7f]|[^\x00-\xff]/.test(value)) throw new Refusal("malformed", `\`${name}\` has a control character`);
    text += `"${name}": ${value}\n`;
  }
  return `${text}"@signature-params": ${parameters}`;
}

/** The lines of the fields that we read, without the white space around them (RFC 9110, 5.5). */
function linesOf(headers) {
  const lines = new Map(READ.map((name) => [name, []]));
  for (const [name, value] of headers) lines.get(name.toLowerCase())?.push(trimmed(value));
  return lines;
}

/** Without a regular expression: those look for the end of a value from each of its blanks. */
function trimmed(value) {
  const isBlank = (at) => value[at] === " " || value[at] === "\t";
  let [begin, end] = [0, value.length];
  while (begin < end && isBlank(begin)) begin += 1;
  while (end > begin && isBlank(end - 1)) end -= 1;
  return value.slice(begin, end);
}

function only(lines, name, missing) {
  if (lines.length === 0) throw new Refusal(missing, `the request has no \`${name}\`${missing === "missing" ? `: it did not pass the edge, or the policy there is not in force (${HELP}#when-the-edge-says-nothing)` : ""}`);
  if (lines.length > 1) throw new Refusal("duplicate", `the request has more than one line of \`${name}\``);
  if (lines[0].length > MOST_BYTES) throw new Refusal("malformed", `\`${name}\` is too long`);
  return lines[0];
}

/** The one member under our label. Those of others are none of our business, but must be readable. */
function ours(lines, name) {
  const text = lines.join(", ");
  if (text.length > MOST_BYTES) throw new Refusal("malformed", `\`${name}\` is too long`);
  const found = read(text, "malformed", name).filter(({ key }) => key === LABEL);
  if (found.length === 0) throw new Refusal("unsigned", `\`${name}\` has no member \`${LABEL}\``);
  if (found.length > 1) throw new Refusal("duplicate", `\`${name}\` has more than one member \`${LABEL}\``);
  return found[0];
}

function inputOf({ value, text }) {
  if (value.type !== "list") throw new Refusal("malformed", "`signature-input` lists no components");
  const covered = coveredOf(value.items);
  const given = (name, type, fits) => {
    const found = value.parameters.get(name);
    if (found?.type !== type || !fits(found.value)) throw new Refusal("parameters", `the signature has no \`${name}\`, or one that cannot be`);
    return found.value;
  };
  const time = (name) => given(name, "integer", (seconds) => seconds >= 0);
  const word = (name, most = 64) => given(name, "string", ({ length }) => length >= 1 && length <= most);
  const signed = { covered, created: time("created"), expires: time("expires"), keyid: word("keyid"), nonce: word("nonce", MOST_NONCE), text };
  if (signed.expires < signed.created) throw new Refusal("parameters", "the signature ends before it begins");
  if (word("tag") !== TAG) throw new Refusal("tag", `the signature's tag is not \`${TAG}\``);
  if (word("alg") !== ALGORITHM) throw new Refusal("algorithm", `the signature's algorithm is not \`${ALGORITHM}\``);
  return signed;
}

/** The components: each at most once, none with parameters, all that bind the risk to a request, and none that we cannot check. */
function coveredOf(items) {
  if (items.some((item) => item.type !== "string" || item.parameters.size > 0)) throw new Refusal("components", "a component is no plain name");
  const names = items.map((item) => item.value);
  const known = new Set(names);
  const fits = known.size === names.length && REQUIRED.every((name) => known.has(name)) && names.every((name) => name === DIGEST || REQUIRED.includes(name));
  if (!fits) throw new Refusal("components", `the signature must cover ${REQUIRED.join(", ")}, each once, and besides at most ${DIGEST}`);
  return names;
}

function signatureOf({ value }) {
  if (value.type !== "bytes" || value.parameters.size > 0) throw new Refusal("malformed", "the signature is no plain byte sequence");
  return value.value;
}

function riskOf(text, coversBody) {
  try {
    return readRisk(text, coversBody);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    throw new Refusal("malformed", `\`${RISK}\` is signed, and not what this version reads: ${error.message}`);
  }
}

/** SHA-256 in a `Content-Digest` (RFC 9530). */
function digestOf(text) {
  const found = read(text, "digest", DIGEST).filter(({ key }) => key === "sha-256");
  if (found.length !== 1 || found[0].value.type !== "bytes") throw new Refusal("digest", `\`${DIGEST}\` has not one \`sha-256\``);
  return found[0].value.value;
}

function read(text, reason, name) {
  try {
    return parseDictionary(text);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    throw new Refusal(reason, `\`${name}\` is no dictionary: ${error.message}`);
  }
}

function same(one, other) {
  return one.length === other.length && timingSafeEqual(one, other);
}
