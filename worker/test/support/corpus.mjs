// The corpus of tests/corpus, as a Worker at Cloudflare's edge would meet it.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./workerd.mjs";

const FOLDER = join(ROOT, "tests/corpus");
const HOST = "worker";
/** What Cloudflare's edge replaces whatever the client sent. */
const SET_BY_THE_EDGE = new Set(["cf-connecting-ip", "x-real-ip", "x-forwarded-proto", "cdn-loop"]);

/** Every case, in the order of its file. */
export function cases(folder = FOLDER) {
  const files = readdirSync(folder).filter((name) => name.endsWith(".jsonl")).sort();
  return files.flatMap((name) => readFileSync(join(folder, name), "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line)));
}

/** What the case must lead to on this host. */
export function expected({ expect, expect_on: on }) {
  return on?.[HOST] ?? expect;
}

/** The case's request line and headers, as bytes, with what the edge adds. */
export function requestOf({ facts }) {
  const unseen = new Set(JSON.parse(readFileSync(join(FOLDER, "hosts.json"), "utf8"))[HOST].unseen);
  const seen = (name) => (unseen.has(name) ? undefined : facts[name] ?? undefined);
  const cf = {
    asn: seen("asn"),
    country: seen("country"),
    tlsVersion: seen("tls_version"),
    httpProtocol: seen("protocol"),
    botManagement: { ja4: seen("ja4"), ja3Hash: seen("ja3") },
  };
  const headers = facts.headers.filter(([name]) => !SET_BY_THE_EDGE.has(name)).map(([name, value]) => [name, bytes(value)]);
  const added = { host: facts.authority, "cf-blob": JSON.stringify(cf), "x-test-scheme": facts.scheme, "cf-connecting-ip": seen("address") };
  for (const [name, value] of Object.entries(added)) if (value !== undefined) headers.push([name, Buffer.from(value)]);
  return { line: `${facts.method} ${facts.target} HTTP/1.1`, headers, body: facts.body };
}

/** The outcome that a record, a status and the origin's headers tell, in the form of the corpus. */
export function outcomeOf(record, status, origin) {
  const { verdict, reasons } = record.unmapped.outwork;
  const told = { verdict, risk: record.risk_score, reasons: reasons.map(({ id }) => id) };
  return origin === undefined ? { ...told, status } : { ...told, origin: evidenceIn(origin) };
}

/** The fields that only Outwork may write, and the digest of the body, without what differs at each request. */
function evidenceIn(headers) {
  const fields = {};
  for (const [name, value] of headers) {
    if (!name.startsWith("outwork-") && !["signature", "signature-input", "content-digest"].includes(name)) continue;
    fields[name] = fields[name] === undefined ? value : `${fields[name]}, ${value}`;
  }
  for (const [name, value] of Object.entries(fields)) fields[name] = members(value).flatMap(lasting).join(", ");
  return fields;
}

/** A member without what differs: no id, no bundle, and our signature cut to its label. */
function lasting(member) {
  const [key] = member.split("=");
  if (key === "id" || key === "bundle") return [];
  return [key === "outwork" ? key : member];
}

/** The members of a Structured Field Dictionary (RFC 9651), as text. */
function members(value) {
  return value.match(/(?:"(?:\\.|[^"\\])*"|\([^)]*\)|[^,"(])+/g)?.map((member) => member.trim()) ?? [];
}

function bytes(value) {
  return typeof value === "string" ? Buffer.from(value) : Buffer.from(value.base64, "base64");
}

/** The differences of this host that are known, and which of them were met. */
export class KnownDifferences {
  #entries = JSON.parse(readFileSync(join(ROOT, "tests/known-differences.json"), "utf8"))
    .filter(({ host }) => host === HOST)
    .map((entry) => ({ ...entry, pattern: glob(entry.case), met: false }));

  /** Whether this field of this case is known to differ. */
  covers(id, field) {
    const entry = this.#entries.find((known) => known.field === field && known.pattern.test(id));
    if (entry) entry.met = true;
    return entry !== undefined;
  }

  /** Those that no case shows any more. */
  gone() {
    return this.#entries.filter(({ met }) => !met).map(({ case: id, field, reason }) => `${id} ${field}: ${reason}`);
  }

  /** Those that say no reason. */
  unexplained() {
    return this.#entries.filter(({ reason }) => !reason?.trim()).map(({ case: id }) => id);
  }
}

function glob(pattern) {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`);
}
