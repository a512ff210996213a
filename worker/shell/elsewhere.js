/**
 * What the core asks about global limits. `worker/src/elsewhere.rs` is the other side.
 *
 * @typedef {import("./question.js").Question} Question
 * @typedef {import("./bindings.js").LimitSettings} LimitSettings
 * @typedef {object} Charge
 * @property {number} place   Which answer it is.
 * @property {string} key
 * @property {string} bytes
 * @property {boolean} isNew  Whether a key that is not kept yet may be.
 */

/** What stands for no answer. */
const NONE = "!";
/** A Rate Limiting binding counts one a call; a request that costs more than this counts as this much. */
const MOST_CALLS = 10;

/**
 * Asks about every charge at once, one call a Durable Object. Nobody waits for longer than the timeout.
 *
 * @param {Question} question
 * @param {LimitSettings} limits
 * @returns {Promise<string>} What the core reads: when the answers came, what it knew already, and an answer a line.
 */
export async function answersTo({ known, due }, limits) {
  const answers = due.map(() => NONE);
  /** @type {Map<string, Charge[]>} */
  const objects = new Map();
  /** @type {Promise<void>[]} */
  const calls = [];
  due.forEach(([kind, where, key, bytes, keys], place) => {
    if (kind === "object") objects.set(where, [...(objects.get(where) ?? []), { place, key, bytes, isNew: keys === "all" }]);
    else calls.push(count(limits.counters[where], key, Number(bytes)).then((said) => void (answers[place] = said)));
  });
  for (const [shard, charges] of objects) {
    const steps = charges.map(({ key, bytes, isNew }) => /** @type {import("./bindings.js").Step} */ ([key, bytes, isNew]));
    calls.push(
      step(limits, shard, steps).then((outcomes) => charges.forEach(({ place }, at) => (answers[place] = outcomes[at] ?? NONE))),
    );
  }
  await withTimeout(calls, limits.timeout);
  return [Date.now(), known, ...answers].join("\n");
}

/**
 * The outcomes of charges whose keys are in one shard; none when its object fails.
 *
 * @param {LimitSettings} limits
 * @param {string} shard
 * @param {import("./bindings.js").Step[]} charges
 */
async function step({ objects }, shard, charges) {
  if (objects === null) return [];
  return objects.get(objects.idFromName(`limits/${shard}`)).step(charges);
}

/**
 * @param {import("./bindings.js").Counter} counter
 * @param {string} key
 * @param {number} cost
 */
async function count(counter, key, cost) {
  for (let call = 0; call < Math.min(cost, MOST_CALLS); call += 1) {
    if (!(await counter.limit({ key })).success) return "refused";
  }
  return "admitted";
}

/**
 * Waits until all calls have ended, or for so many milliseconds. What has not ended by then, or has failed, is said and left.
 *
 * @param {Promise<void>[]} calls
 * @param {number} timeout
 */
async function withTimeout(calls, timeout) {
  let left = calls.length;
  /** @type {number | null} */
  let timer = null;
  const late = new Promise((resolve) => (timer = setTimeout(resolve, timeout)));
  const ended = calls.map((call) => call.then(() => void (left -= 1), failed));
  await Promise.race([Promise.all(ended), late.then(() => left > 0 && failed(`no answer in ${timeout} ms`))]);
  clearTimeout(timer);
}

/** When a failure was said last, and how many there have been since. */
let said = 0;
let unsaid = 0;

/**
 * Says what failed, at most once a second: the core leaves alone what fails, and requests under way may be many.
 *
 * @param {unknown} error
 */
function failed(error) {
  unsaid += 1;
  if (Date.now() - said < 1_000) return;
  console.error(JSON.stringify({ outwork: "limits-unreachable", failures: unsaid, error: String(error) }));
  said = Date.now();
  unsaid = 0;
}
