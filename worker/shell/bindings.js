/**
 * Where limits of scope `global` can stand.
 *
 * @typedef {[key: string, charge: string, isNew: boolean]} Step
 * @typedef {{ step(charges: Step[]): Promise<(string | null)[]> }} LimitsObject
 * @typedef {{ idFromName(name: string): unknown, get(id: unknown): LimitsObject }} Objects
 * @typedef {{ limit(options: { key: string }): Promise<{ success: boolean }> }} Counter
 *
 * @typedef {object} LimitSettings
 * @property {Objects | null} objects              `OUTWORK_LIMITS`: the Durable Objects.
 * @property {Record<string, Counter>} counters    The Rate Limiting bindings, by name.
 * @property {string} bindings                     The same as the core reads it: over how many objects keys are spread, then the names.
 * @property {number} timeout                      Milliseconds until an answer is too late.
 * @property {string} fault                        Why these settings cannot be used; empty when they can.
 */

/** How the names of Rate Limiting bindings begin; as `PREFIX` in `worker/src/places.rs`. */
const PREFIX = "OUTWORK_LIMIT_";

/**
 * @param {Record<string, unknown>} env
 * @returns {LimitSettings}
 */
export function limitSettings(env) {
  const objects = /** @type {Objects | null} */ (env.OUTWORK_LIMITS ?? null);
  const named = Object.entries(env).filter(([name]) => name.startsWith(PREFIX));
  const shards = setting(env, "OUTWORK_LIMITS_SHARDS", 64, 4096);
  const timeout = setting(env, "OUTWORK_LIMITS_TIMEOUT_MS", 500, 10_000);
  const names = named.map(([name]) => name);
  return {
    objects,
    counters: /** @type {Record<string, Counter>} */ (Object.fromEntries(named)),
    bindings: [objects === null ? 0 : shards.value, ...names].join("\n"),
    timeout: timeout.value,
    fault: objectsFault(objects) || named.map(counterFault).join("") || shards.fault || timeout.fault,
  };
}

/**
 * A whole number that the operator may set.
 *
 * @param {Record<string, unknown>} env
 * @param {string} name
 * @param {number} standard
 * @param {number} most
 * @param {number} [least]
 */
export function setting(env, name, standard, most, least = 1) {
  const value = Number(env[name] ?? standard);
  const usable = Number.isInteger(value) && value >= least && value <= most;
  return { value, fault: usable ? "" : `${name} is \`${env[name]}\`, but must be a whole number from ${least} to ${most}` };
}

/** @param {unknown} objects */
function objectsFault(objects) {
  const usable = objects === null || (typeof objects === "object" && "idFromName" in /** @type {object} */ (objects));
  return usable ? "" : "OUTWORK_LIMITS must be a binding of the Durable Object class `Limits`";
}

/** @param {[string, unknown]} entry */
function counterFault([name, value]) {
  const usable = typeof value === "object" && value !== null && "limit" in value;
  return usable ? "" : `${name} must be a Rate Limiting binding`;
}
