// What became of a request's evidence, where an application has to take it apart before it can read a risk.

import { Forbidden } from "./forbidden.js";
import { about, answerBy } from "./uncaught.js";

// Not a property of the request: nothing that parses a body or a query can write here.
const outcomes = new WeakMap();

/** A risk was asked for where none is verified. Whoever does not catch it answers 403. */
export class NotVerified extends Forbidden {
  name = "NotVerified";
}

/** Notes what became of the evidence of a request, and how to answer an error that nobody catches. */
export function note(request, outcome, answer) {
  outcomes.set(request, Object.freeze(outcome));
  answerBy(request, answer);
  if (outcome.state === "verified") answerBy(outcome.risk, answer);
}

/** What became of the evidence of this request (Node, Express) or context (Hono). */
export function outcomeOf(request) {
  const outcome = outcomes.get(request);
  if (outcome === undefined) throw about(request, new NotVerified("no evidence was looked for: is the middleware in front of this application?", "missing"));
  return outcome;
}

/** The verified risk of this request or context. Throws `NotVerified` where there is none. */
export function riskOf(request) {
  const outcome = outcomeOf(request);
  if (outcome.state === "verified") return outcome.risk;
  if (outcome.state === "missing") throw about(request, new NotVerified("the request has no evidence", "missing"));
  throw about(request, new NotVerified(`the request's evidence does not hold: ${outcome.reason}`, outcome.reason));
}
