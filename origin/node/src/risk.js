// What the edge said about a request, typed; and what an application may demand of it.

import { refuseUnknown, word } from "./checks.js";
import { Forbidden } from "./forbidden.js";
import { Malformed, parseDictionary } from "./structured.js";
import { about } from "./uncaught.js";

/** The request is not the transaction that the application demands, or not as it demands. Whoever does not catch it answers 403. */
export class TransactionRefused extends Forbidden {
  name = "TransactionRefused";

  constructor(message) {
    super(message, "transaction");
  }
}

/** Throws `TransactionRefused` unless this is the transaction `id`, its body is bound and its demand not left unmet (or may be otherwise, with `"any"`). */
export function requireTransaction(risk, id, { body = "bound", demand = "met", ...unknown } = {}) {
  refuseUnknown(unknown);
  word("body", body, ["bound", "any"]);
  word("demand", demand, ["met", "any"]);
  if (risk.transaction !== id) throw refused(risk, `the edge saw ${risk.transaction === null ? "no transaction" : `the transaction \`${risk.transaction}\``} here, not \`${id}\``);
  if (body === "bound" && risk.body !== "bound") throw refused(risk, `the body of \`${id}\` is not bound to its signature`);
  if (demand === "met" && risk.demand === "unmet") throw refused(risk, `the request did not meet what the policy demands of \`${id}\``);
}

/** Throws `TransactionRefused` unless the request fell inside its window of observation, and met by it what its transaction demands. */
export function requireInside(risk) {
  if (risk.window !== "inside") throw refused(risk, `the window of observation is \`${risk.window}\`, not \`inside\``);
  if (risk.demand !== "none" && risk.demand !== "met") throw refused(risk, `the window of observation is not as \`${risk.transaction}\` demands: \`${risk.demand}\``);
}

function refused(risk, message) {
  return about(risk, new TransactionRefused(message));
}

/** Reads `Outwork-Risk`, whose signature held. Members that this version does not know are passed over. */
export function readRisk(text, coversBody) {
  const members = new Map();
  for (const { key, value } of parseDictionary(text)) {
    if (members.has(key)) throw new Malformed(`\`${key}\` comes twice`);
    members.set(key, value);
  }
  const transaction = members.get("transaction");
  return Object.freeze({
    risk: score(members.get("risk")),
    band: of(members, "band", "token"),
    verdict: of(members, "verdict", "token"),
    device: layer(members.get("device")),
    behaviour: layer(members.get("behaviour")),
    context: layer(members.get("context")),
    window: of(members, "window", "token"),
    confidence: confidence(members.get("confidence")),
    reasons: Object.freeze(reasons(members.get("reasons"))),
    agent: members.has("agent") ? of(members, "agent", "string") : null,
    bundle: of(members, "bundle", "string"),
    id: of(members, "id", "string"),
    transaction: transaction === undefined ? null : named(transaction),
    body: body(transaction, coversBody),
    demand: demand(transaction),
    enforced: enforced(members.get("enforced")),
  });
}

function enforced(value) {
  if (value === undefined) return true;
  if (value.type === "boolean") return value.value;
  throw new Malformed("`enforced` is no boolean");
}

function score(value) {
  if (value?.type === "integer" && value.value >= 0 && value.value <= 100) return value.value;
  throw new Malformed("a score that is no integer from 0 to 100");
}

function layer(value) {
  return value === undefined ? null : score(value);
}

function of(members, key, type) {
  const value = members.get(key);
  if (value?.type === type) return value.value;
  throw new Malformed(`\`${key}\` is no ${type}`);
}

function confidence(value) {
  if (value?.type === "decimal" && value.value >= 0 && value.value <= 1) return value.value;
  throw new Malformed("`confidence` is no decimal from 0 to 1");
}

function reasons(value) {
  if (value?.type !== "list" || value.items.some((item) => item.type !== "string")) throw new Malformed("`reasons` is no list of strings");
  return value.items.map((item) => item.value);
}

function named(value) {
  if (value.type === "string" || value.type === "token") return value.value;
  throw new Malformed("`transaction` is neither a string nor a token");
}

function demand(transaction) {
  const said = transaction?.parameters.get("demand") ?? { type: "token", value: "none" };
  if (said.type !== "token" || !["none", "met", "cleared", "exempt", "unmet"].includes(said.value)) throw new Malformed("what `transaction` says of its demand");
  return said.value;
}

function body(transaction, coversBody) {
  const unsaid = { type: "token", value: transaction === undefined && coversBody ? "bound" : "none" };
  const said = transaction?.parameters.get("body") ?? unsaid;
  if (said.type !== "token" || !["bound", "unbound", "none"].includes(said.value) || (said.value === "bound") !== coversBody) {
    throw new Malformed("what `transaction` says of the body is not what the signature covers");
  }
  return said.value;
}
