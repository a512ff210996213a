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
  /**
   * What the transaction demands of its window. `met`: it is so. `cleared`: it is not, and a challenge that was passed stands in for it.
   * `exempt`: it is not, and a rule that allows lifts the demand. `unmet`: it is not. `none`: nothing is demanded.
   */
  readonly demand: "none" | "met" | "cleared" | "exempt" | "unmet";
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
  /** The same of transactions, where they are kept apart: what fills the one leaves room in the other. */
  firstTransaction?(nonce: string, until: number): boolean | Promise<boolean>;
}

/**
 * For a server of one process, as long as that runs. `capacity` nonces, and as many of transactions, each in a room of its own: when that
 * is full it refuses, since to forget would let a request come again. `clock` is in seconds since 1970: the one of the settings, if they have one.
 */
export class MemoryReplayCache implements ReplayCache {
  constructor(capacity?: number, clock?: () => number);
  first(nonce: string, until: number): boolean;
  firstTransaction(nonce: string, until: number): boolean;
}

/** All are checked when they are given: `TypeError`. */
export interface Settings<Request = unknown> {
  /** What `outwork keys evidence` prints; where nothing is given, that of the variable OUTWORK_EVIDENCE_KEYS. */
  keys?: string | ReadonlyMap<string, Uint8Array>;
  /** What must come only once is asked of it. With `none` a request may come again as long as its signature lasts. */
  replay: ReplayCache | "none";
  /** What must come only once: transactions and all methods but GET, HEAD, OPTIONS and TRACE; everything; or transactions alone. */
  once?: "unsafe" | "all" | "transactions";
  /** What becomes of a request without evidence. Evidence that does not hold is refused all the same. */
  onMissing?: "refuse" | "pass";
  /**
   * What may come without evidence: GET and HEAD of exactly these paths, or what the function says. For health checks, which do not pass
   * the edge. **Whoever reaches the origin can ask for it**: nothing else belongs here.
   */
  exempt?: readonly string[] | ((request: Request) => boolean);
  /** Refuse nothing but a bound body that is too large to be held or breaks off: the application looks at the outcome itself. */
  observe?: boolean;
  /** By how many seconds the clocks of edge and origin may differ, 0 to 300: 5. */
  skew?: number;
  /** The oldest signature, in seconds, 1 to 3600: 60. */
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

/**
 * A listener for `createServer` around another, such as an Express application: nothing can come before it. What `listener` throws is answered,
 * `TransactionRefused` and `NotVerified` with 403.
 */
export function outworkListener<Request extends NodeRequest = NodeRequest>(settings: Settings<Request>, listener: (request: any, response: any) => unknown): (request: Request, response: any) => Promise<void>;

/** Middleware for Express and Connect: the first that the application uses. */
export function outwork<Request extends NodeRequest = NodeRequest>(settings: Settings<Request>): (request: Request, response: any, next: (error?: unknown) => void) => void;

/** Middleware for Hono. */
export function outworkHono(settings: Settings<any>): (context: any, next: () => Promise<void>) => Promise<Response | void>;

/** What became of the evidence of this request (Node, Express) or context (Hono). Throws `NotVerified` where nobody looked. */
export function outcomeOf(request: object): Outcome;

/** The verified risk of this request or context. Throws `NotVerified` where there is none. */
export function riskOf(request: object): Risk;

/** Throws `TransactionRefused` unless this is the transaction `id`, its body is bound and its demand is not `unmet` (or, with `any`, may be otherwise). */
export function requireTransaction(risk: Risk, id: string, options?: { body?: "bound" | "any"; demand?: "met" | "any" }): void;

/** Throws `TransactionRefused` unless the request fell inside its window of observation, and met by it what its transaction demands. */
export function requireInside(risk: Risk): void;

/**
 * An error that is answered with 403: by Express for its `status`, by Hono for `getResponse`, by `outworkListener` itself, and where nobody
 * catches it, as with `async` handlers of Express 4, instead of the end of the process.
 */
export class Forbidden extends Error {
  readonly status: 403;
  readonly statusCode: 403;
  readonly reason: Reason | "transaction";
  getResponse(): Response;
}
export class NotVerified extends Forbidden {}
export class TransactionRefused extends Forbidden {}
export class Refusal extends Error {
  readonly reason: Reason;
  /** For who runs the origin: why, and what to do. */
  readonly detail: string;
}

/** The answer to a request that is refused for this reason: for servers that have no middleware here. */
export function problem(reason: Reason | "transaction"): { status: number; headers: Record<string, string>; body: string };

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

export class Head {
  private constructor();
  /** What a replay cache keeps, and until when it has to. */
  readonly nonce: string;
  readonly until: number;
  /** Whether the body is bound, and so has to be read. */
  readonly bindsBody: boolean;
  /** The risk. Throws a `Refusal` where this is not the body that was signed; one that is not bound is not looked at. */
  withBody(body: Uint8Array): Risk;
}

export function parseKeys(text: string): Map<string, Uint8Array>;
export function keysFromEnvironment(): Map<string, Uint8Array>;
