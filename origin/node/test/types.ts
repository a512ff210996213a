// What the types demand of an application: this file is compiled, not run.

import { outcomeOf, outwork, requireTransaction, riskOf, type Head, type MemoryReplayCache, type Outcome, type Risk } from "../index.js";

export function taken(outcome: Outcome): number {
  // @ts-expect-error: there may be no risk
  outcome.risk;
  switch (outcome.state) {
    case "verified":
      return outcome.risk.risk;
    case "missing":
      return 50;
    case "refused":
      return outcome.reason === "replayed" ? 100 : 50;
  }
}

export function read(request: object): Risk {
  const risk = riskOf(request);
  // @ts-expect-error: what was signed stays as it was
  risk.risk = 0;
  // @ts-expect-error: a layer may have seen nothing
  const device: number = risk.device;
  requireTransaction(risk, "checkout", { body: "any" });
  return taken(outcomeOf(request)) > device ? risk : risk;
}

export function paid(head: Head, body: Uint8Array): Risk {
  // @ts-expect-error: a risk is there for who has the body
  head.risk;
  return head.withBody(body);
}

declare const cache: MemoryReplayCache;
outwork({ replay: cache, onMissing: "pass", target: (request) => request.url ?? "/" });
// @ts-expect-error: no such choice
outwork({ replay: "none", onMissing: "ignore" });
// @ts-expect-error: whether requests may come again has to be said
outwork({});
