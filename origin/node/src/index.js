// What an origin behind Outwork can trust: verified risk, or no request.

export { Head, Refusal, Verifier } from "./evidence.js";
export { Forbidden, problem } from "./forbidden.js";
export { outworkHono } from "./hono.js";
export { keysFromEnvironment, parseKeys } from "./keys.js";
export { outwork, outworkListener } from "./node.js";
export { NotVerified, outcomeOf, riskOf } from "./outcome.js";
export { MemoryReplayCache } from "./replay.js";
export { TransactionRefused, requireInside, requireTransaction } from "./risk.js";
