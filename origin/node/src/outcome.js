// What became of a request's evidence, where an application has to take it apart before it can read a risk.

// Not a property of the request: nothing that parses a body or a query can write here.
const outcomes = new WeakMap();

/** A risk was asked for where none is verified. */
export class NotVerified extends Error {
  name = "NotVerified";
}

/** Notes what became of the evidence of a request. */
export function note(request, outcome) {
  outcomes.set(request, Object.freeze(outcome));
}

/** What became of the evidence of this request (Node, Express) or context (Hono). */
export function outcomeOf(request) {
  const outcome = outcomes.get(request);
  if (outcome === undefined) throw new NotVerified("no evidence was looked for: is the middleware in front of this application?");
  return outcome;
}

/** The verified risk of this request or context. Throws `NotVerified` where there is none. */
export function riskOf(request) {
  const outcome = outcomeOf(request);
  if (outcome.state === "verified") return outcome.risk;
  throw new NotVerified(outcome.state === "missing" ? "the request has no evidence" : `the request's evidence does not hold: ${outcome.reason}`);
}

const STATUS = { broken: [400, "Bad Request"], "too-large": [413, "Content Too Large"], unavailable: [503, "Service Unavailable"] };

/** The answer to a request that is refused (RFC 9457). */
export function problem(refusal) {
  const [status, title] = STATUS[refusal.reason] ?? [403, "Forbidden"];
  const body = JSON.stringify({ type: "about:blank", title, status, detail: "This request carries no valid evidence of the edge.", reason: refusal.reason });
  return { status, headers: { "content-type": "application/problem+json", "cache-control": "no-store" }, body };
}
