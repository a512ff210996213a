import { limitSettings, setting } from "./bindings.js";

/**
 * What the operator sets beside the policy: Workers secrets, variables and bindings.
 *
 * @typedef {import("./bindings.js").LimitSettings} LimitSettings
 * @typedef {{ fetch(request: Request): Promise<Response> }} Origin
 * @typedef {object} AgentSettings
 * @property {number} timeout    Milliseconds that a request waits for the directory of its agent, of which nothing is known yet.
 * @property {number} fetch      Milliseconds that a directory may take.
 * @typedef {object} Settings
 * @property {string} keys       `OUTWORK_KEYS`, as the core takes it; empty when there is none.
 * @property {boolean} open      Whether a request that Outwork cannot judge goes on to the origin. Settings that cannot be used
 *                             say nothing that could be relied on, so they close.
 * @property {Origin | null} service  The `ORIGIN` service binding.
 * @property {string} base       `OUTWORK_ORIGIN` without its final slash; empty for the request's own URL.
 * @property {string} tag        The script tag to insert into HTML; empty where none is to be inserted.
 * @property {import("./analytics.js").Dataset | null} analytics  `OUTWORK_ANALYTICS`: the Analytics Engine's data set; null where none is bound.
 * @property {LimitSettings} limits   Where global limits stand.
 * @property {AgentSettings} agents   How the directories of agents are fetched.
 * @property {string} fault      Why these settings cannot be used; empty when they can.
 */

/** @type {unknown} */
let lastEnv;
/** @type {Settings} */
let last;

/**
 * The settings in `env`. An isolate keeps one `env`, so this is worked out once.
 *
 * @param {Record<string, unknown>} env
 * @returns {Settings}
 */
export function settingsOf(env) {
  if (env !== lastEnv) {
    last = read(env);
    lastEnv = env;
  }
  return last;
}

/**
 * @param {Record<string, unknown>} env
 * @returns {Settings}
 */
function read(env) {
  const onError = env.OUTWORK_ON_ERROR ?? "open";
  const base = text(env.OUTWORK_ORIGIN).replace(/\/$/, "");
  const insert = text(env.OUTWORK_INSERT);
  const limits = limitSettings(env);
  const wait = setting(env, "OUTWORK_AGENTS_TIMEOUT_MS", 200, 2_000, 0);
  const fault = wait.fault || onErrorFault(onError) || originFault(base) || insertFault(insert) || analyticsFault(env.OUTWORK_ANALYTICS) || limits.fault;
  return {
    keys: text(env.OUTWORK_KEYS),
    open: onError === "open" && fault === "",
    service: isOrigin(env.ORIGIN) ? env.ORIGIN : null,
    base,
    tag: TAGS[insert] ?? "",
    analytics: /** @type {import("./analytics.js").Dataset | undefined} */ (env.OUTWORK_ANALYTICS) ?? null,
    limits,
    agents: { timeout: wait.value, fetch: FETCH_MS },
    fault,
  };
}

/** How long a directory may take; nobody waits for it that long. */
const FETCH_MS = 5_000;

/**
 * The tag, by when the script shall begin to observe. It names the script that keeps its name, because a page in somebody's cache must
 * not ask for one that is no more.
 *
 * @type {Record<string, string>}
 */
const TAGS = {
  auto: '<script src="/.well-known/outwork/beacon.js" async data-start="auto"></script>',
  consent: '<script src="/.well-known/outwork/beacon.js" async></script>',
};

/** @param {unknown} value */
function onErrorFault(value) {
  const known = value === "open" || value === "closed";
  return known ? "" : `OUTWORK_ON_ERROR is \`${value}\`, but must be \`open\` or \`closed\``;
}

/** @param {string} insert */
function insertFault(insert) {
  const known = insert === "" || insert in TAGS;
  return known ? "" : `OUTWORK_INSERT is \`${insert}\`, but must be \`auto\` or \`consent\``;
}

/** @param {unknown} binding */
function analyticsFault(binding) {
  const usable = binding === undefined || (typeof binding === "object" && binding !== null && "writeDataPoint" in binding);
  return usable ? "" : "OUTWORK_ANALYTICS must be a binding of an Analytics Engine data set";
}

/** @param {string} base */
function originFault(base) {
  // A path before the request's own would make the origin see another path than the one that the evidence was signed for.
  const usable = base === "" || /^https?:\/\/[^/?#@]+$/.test(base);
  return usable ? "" : `OUTWORK_ORIGIN is \`${base}\`, but must be \`http://host[:port]\` or \`https://host[:port]\``;
}

/**
 * @param {unknown} value
 * @returns {value is Origin}
 */
function isOrigin(value) {
  return typeof value === "object" && value !== null && "fetch" in value;
}

/** @param {unknown} value */
function text(value) {
  return typeof value === "string" ? value : "";
}
