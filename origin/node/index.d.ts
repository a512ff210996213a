/** Why evidence does not hold. */
export type Reason =
  | "missing" | "unsigned" | "duplicate" | "malformed" | "components" | "parameters" | "tag" | "algorithm" | "key" | "early" | "expired"
  | "signature" | "digest" | "broken" | "too-large" | "replayed" | "unavailable";

/** What the edge said about a request. Every field of it is signed. */
export interface Risk {
  /** 0 to 100. */
  readonly risk: number;
  /** Where it stands in the policy's bands. Later versions may know more words. */
  readonly band: "low" | "medium" | "high" | (string & {});
  /** What the edge decided. */
  readonly verdict: "allow" | "tag" | "throttle" | "challenge" | "block" | (string & {});
  /** The layers, 0 to 100; null where the layer saw nothing, which is not zero. */
  readonly device: number | null;
  readonly behaviour: number | null;
  readonly context: number | null;
  /** Where in its window of observation the request fell. */
  readonly window: "none" | "inside" | "expiring" | "expired" | (string & {});
  /** Of what was observed, 0 to 1. */
  readonly confidence: number;
  readonly reasons: readonly string[];
  /** The agent whose signature or address the edge verified, by its id. */
  readonly agent: string | null;
  /** The policy that decided. */
  readonly bundle: string;
  /** The reference under which the edge's record has this decision. */
  readonly id: string;
  /** The transaction that the policy sees in this request. */
  readonly transaction: string | null;
  /**
   * `bound`: the body's digest is signed, and was checked. `unbound`: the policy wanted that, and the edge could not do it.
   * `none`: nobody asked for it.
   */
  readonly body: "bound" | "unbound" | "none";
  /** False where the policy only watches: then the edge would have done as `verdict` says, and did nothing. */
  readonly enforced: boolean;
}

/** The evidence holds. */
export interface Verified {
  readonly state: "verified";
  readonly risk: Risk;
}
/** The request has no evidence. */
export interface Missing {
  readonly state: "missing";
}
/** The request has evidence that does not hold. */
export interface Refused {
  readonly state: "refused";
  readonly reason: Reason;
  readonly detail: string;
}
/** Has to be taken apart before there is a risk to read. */
export type Outcome = Verified | Missing | Refused;

/** What must come only once. */
export interface ReplayCache {
  /**
   * True once for each `nonce`, which has to be kept until then (seconds since 1970). An exception refuses the request.
   *
   * With Redis: ``async (nonce, until) => (await redis.set(`outwork:${nonce}`, 1, { NX: true, EXAT: until + 60 })) === "OK"``
   */
  first(nonce: string, until: number): boolean | Promise<boolean>;
}

/** For a server of one process. When it is full it refuses: to forget would let a request come again. */
export class MemoryReplayCache implements ReplayCache {
  constructor(capacity?: number, clock?: () => number);
  first(nonce: string, until: number): boolean;
}

export interface Settings<Request = unknown> {
  /** What `outwork keys evidence` prints; where nothing is given, that of the variable OUTWORK_EVIDENCE_KEYS. */
  keys?: string | ReadonlyMap<string, Uint8Array>;
  /** What must come only once is asked of it. With `none` a request may come again as long as its signature lasts. */
  replay: ReplayCache | "none";
  /** What must come only once: transactions and all methods but GET, HEAD, OPTIONS and TRACE; or everything. */
  once?: "unsafe" | "all";
  /** What becomes of a request without evidence. Evidence that does not hold is refused all the same. */
  onMissing?: "refuse" | "pass";
  /** Refuse nothing but a bound body that is too large to be held or breaks off: the application looks at the outcome itself. */
  observe?: boolean;
  /** By how many seconds the clocks of edge and origin may differ: 5. */
  skew?: number;
  /** The oldest signature, in seconds: 60. */
  maxAge?: number;
  /** The names under which the edge is asked, where a proxy writes another into `Host`. */
  authority?: string | readonly string[];
  /** The client's scheme: it decides which port of `Host` goes without saying. `forwarded` takes it of `X-Forwarded-Proto`. */
  scheme?: "https" | "http" | "forwarded";
  /** Path and query as the edge saw them, where a proxy rewrites them. */
  target?: (request: Request) => string;
  /** How many bytes of a bound body are held while it is checked: 1 MiB; more is refused with 413. */
  maxBody?: number;
  /** Seconds since 1970. */
  clock?: () => number;
  /** Gets a line for each request whose evidence does not hold. */
  log?: (line: string) => void;
}

/** What Express, Connect and `node:http` hand over. */
export interface NodeRequest {
  method?: string | undefined;
  url?: string | undefined;
  rawHeaders: string[];
}

/** Middleware for Express and plain `node:http`. It stands before whatever reads a body. */
export function outwork<Request extends NodeRequest = NodeRequest>(settings: Settings<Request>): (request: Request, response: any, next: (error?: unknown) => void) => void;

/** Middleware for Hono. */
export function outworkHono(settings: Settings<any>): (context: any, next: () => Promise<void>) => Promise<Response | void>;

/** What became of the evidence of this request (Node, Express) or context (Hono). Throws `NotVerified` where nobody looked. */
export function outcomeOf(request: object): Outcome;

/** The verified risk of this request or context. Throws `NotVerified` where there is none. */
export function riskOf(request: object): Risk;

/** Throws `TransactionRefused` unless this is the transaction `id` and its body is bound (or, with `any`, may be otherwise). */
export function requireTransaction(risk: Risk, id: string, options?: { body?: "bound" | "any" }): void;

/** Throws `TransactionRefused` unless the request fell inside its window of observation. */
export function requireInside(risk: Risk): void;

export class NotVerified extends Error {}
export class TransactionRefused extends Error {}
export class Refusal extends Error {
  readonly reason: Reason;
}

/** A request as it arrived. Text is Latin-1: a character is a byte. */
export interface Arrived {
  method: string;
  authority: string;
  target: string;
  headers: Iterable<readonly [string, string]>;
  scheme?: "https" | "http";
}

/** For servers that have no middleware here. */
export class Verifier {
  constructor(keys: ReadonlyMap<string, Uint8Array>, settings?: Pick<Settings, "skew" | "maxAge" | "authority">);
  head(arrived: Arrived, now: number): Head;
}

export interface Head {
  readonly risk: Risk;
  /** What a replay cache keeps, and until when it has to. */
  readonly nonce: string;
  readonly until: number;
  /** SHA-256 that the body must have; null where it is not bound. */
  readonly digest: Uint8Array | null;
  /** Throws a `Refusal` unless this is the body that was signed. */
  checkBody(body: Uint8Array): void;
}

export function parseKeys(text: string): Map<string, Uint8Array>;
export function keysFromEnvironment(): Map<string, Uint8Array>;
