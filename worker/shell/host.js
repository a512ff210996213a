import { count } from "./analytics.js";
import { HeldBody, LateError } from "./body.js";
import { Core, LoadError } from "./core.js";
import { Fetching } from "./directories.js";
import { editRequest, editResponse, effectsOf, reply, wished } from "./effects.js";
import { answersTo } from "./elsewhere.js";
import { addressOf } from "./facts.js";
import { insert } from "./insert.js";
import { forward } from "./origin.js";
import { problem } from "./problem.js";
import { Question } from "./question.js";
import { settingsOf } from "./settings.js";
import { hold } from "./tarpit.js";

/**
 * @typedef {import("./settings.js").Settings} Settings
 * @typedef {import("./core.js").Instantiate} Instantiate
 *
 * @typedef {object} Parts
 * @property {WebAssembly.Module} module       The core.
 * @property {ArrayBuffer} bundle              The policy.
 * @property {Instantiate} [instantiate]       How an instance of the core is made.
 * @property {(line: string) => void} [record] Where records go.
 *
 * @typedef {{ text: string | null, held: HeldBody | null }} Judgement
 * @typedef {{ response: Response, record: string, status: number }} Undecided  A request that ended before a decision.
 */

/** @type {Instantiate} */
const instantiateModule = (module) => /** @type {any} */ (new WebAssembly.Instance(module, {}).exports);

/**
 * The Worker's handler: asks the core about each request and carries out what it says.
 *
 * @param {Parts} parts
 */
export function outwork({ module, bundle, instantiate = instantiateModule, record = console.log }) {
  /** @type {Core | null} */
  let core = null;
  let refused = "";
  let stops = 0;
  let warned = false;
  const fetching = new Fetching();

  /**
   * The core, or null when there is none. A policy that cannot be loaded is said once and not tried again, since neither
   * the policy nor the settings change while an isolate lives; whatever else fails is tried again.
   *
   * @param {Settings} settings
   */
  function ready(settings) {
    if (core !== null || refused !== "") return core;
    try {
      if (settings.fault !== "") throw new LoadError(settings.fault);
      core = new Core(instantiate(module), settings, bundle);
      warn(core.unbound());
    } catch (error) {
      if (error instanceof LoadError) {
        refused = messageOf(error);
        log({ outwork: "policy-not-loaded", error: refused });
      } else {
        stopped(error);
      }
    }
    return core;
  }

  /**
   * Says once which limits are to be global and are not, and which bindings stand for no limit.
   *
   * @param {{ limits: string[], bindings: string[] }} unbound
   */
  function warn({ limits, bindings }) {
    if (warned) return;
    warned = true;
    if (limits.length > 0) log({ outwork: "limits-without-binding", limits, bind: "OUTWORK_LIMITS" });
    if (bindings.length > 0) log({ outwork: "bindings-without-limit", bindings });
  }

  /**
   * What the core says, or null when it cannot say.
   *
   * @template Answer
   * @param {Settings} settings
   * @param {(core: Core) => Answer} question
   * @returns {Answer | null}
   */
  function ask(settings, question) {
    const judge = ready(settings);
    if (judge === null) return null;
    try {
      return question(judge);
    } catch (error) {
      stopped(error);
      return null;
    }
  }

  /**
   * What to do with a request, once its global limits were asked about.
   *
   * @param {Question} question
   * @param {Settings} settings
   */
  async function settle(question, settings) {
    const answers = await answersTo(question, settings.limits);
    return ask(settings, (core) => core.settle(question, answers));
  }

  /**
   * What the core says at last, whoever has to be asked first.
   *
   * @param {string | Question | null} answer
   * @param {Settings} settings
   */
  const final = (answer, settings) => (answer instanceof Question ? settle(answer, settings) : answer);

  /**
   * What is answered to a request whose body could not be read: that it took too long, or what nobody reads.
   *
   * @param {Request} request
   * @param {string} url
   * @param {Settings} settings
   * @param {number} since
   * @param {unknown} error
   * @returns {Undecided}
   */
  function unread(request, url, settings, since, error) {
    const [status, why, detail] = error instanceof LateError
      ? /** @type {const} */ ([408, "outwork_timeout", "the request took too long to arrive"])
      : /** @type {const} */ ([400, "outwork_unread", "the request ended before its body did"]);
    const told = ask(settings, (core) => core.undecided(request, url, since, status, why));
    return { response: problem(status, detail, told?.reference), record: told?.record ?? "", status };
  }

  /**
   * What to do with a request, or null when nobody can say; and its body, where that was read on the way. Where it did not
   * come to its end, what to answer.
   *
   * @param {Request} request
   * @param {string} url
   * @param {Settings} settings
   * @returns {Judgement | Promise<Judgement | Undecided>}
   */
  function judge(request, url, settings) {
    const first = ask(settings, (core) => core.decide(request, url));
    // Most requests are decided at once: they wait for no promise.
    if (first === null || (typeof first === "string" && wished(first) === null)) return { text: first, held: null };
    return judgeLater(request, url, settings, first);
  }

  /**
   * The same where somebody has to be asked, or the body to be read.
   *
   * @param {Request} request
   * @param {string} url
   * @param {Settings} settings
   * @param {string | Question} first
   * @returns {Promise<Judgement | Undecided>}
   */
  async function judgeLater(request, url, settings, first) {
    const since = Date.now();
    /** @type {HeldBody | null} */
    let held = null;
    try {
      const text = await final(first, settings);
      const wish = text === null ? null : wished(text);
      if (wish === null) return { text, held };
      const read = await HeldBody.inTime(request, wish.most).catch((error) => unread(request, url, settings, since, error));
      if (!(read instanceof HeldBody)) return read;
      held = read;
      const answer = ask(settings, (core) => core.finish(request, url, read.bytes(), wish.known));
      return { text: await final(answer, settings), held };
    } catch (error) {
      stopped(error);
      return { text: null, held };
    }
  }

  /**
   * Nothing in a core that stopped half-way can be trusted, so the next request gets a new one.
   *
   * @param {unknown} error
   */
  function stopped(error) {
    core = null;
    fetching.forget();
    stops += 1;
    log({ outwork: "core-stopped", stops, error: messageOf(error) });
  }

  return {
    /**
     * @param {Request} request
     * @param {Record<string, unknown>} env
     * @param {{ waitUntil(promise: Promise<unknown>): void }} context
     * @returns {Promise<Response>}
     */
    async fetch(request, env, context) {
      const url = addressOf(request);
      if (url === "") return problem(400, "the request's address cannot be read");
      const settings = settingsOf(env);
      if (fetching.isDue()) fetching.begin(context, settings.agents, (question) => ask(settings, question));
      if (fetching.concerns(request)) await fetching.wait(request, settings.agents.timeout);
      const judged = judge(request, url, settings);
      const judgement = judged instanceof Promise ? await judged : judged;
      if ("response" in judgement) {
        if (judgement.record !== "") record(judgement.record);
        chart(judgement, settings, context);
        return judgement.response;
      }
      const { text, held } = judgement;
      if (text === null) return unjudged(request, url, settings, held);
      const effects = effectsOf(text);
      if (effects.record !== "") record(effects.record);
      try {
        return await answer(request, url, effects, settings, held);
      } finally {
        chart(effects, settings, context);
      }
    },
  };
}

/**
 * What the client gets: the core's own reply, or the origin's.
 *
 * @param {Request} request
 * @param {string} url
 * @param {import("./effects.js").Effects} effects
 * @param {Settings} settings
 * @param {HeldBody | null} held
 */
async function answer(request, url, effects, settings, held) {
  if (effects.status !== 0) {
    held?.drop();
    await hold(effects.delay);
    return reply(effects);
  }
  const headers = new Headers(request.headers);
  editRequest(headers, effects);
  // It would go on as a GET without its body.
  if (request.method !== "GET" && isUpgrade(request)) headers.delete("upgrade");
  const response = withoutPage(request, await forward(request, url, headers, settings, held));
  return insert(request, editResponse(response, effects), settings.tag);
}

/**
 * Writes the data point of a record, where there is a record and somewhere to write it, once the answer is on its way.
 *
 * @param {{ record: string, status: number }} left
 * @param {Settings} settings
 * @param {{ waitUntil(promise: Promise<unknown>): void }} context
 */
function chart({ record, status }, { analytics }, context) {
  if (analytics !== null && record !== "") context.waitUntil(later(() => count(analytics, record, status)));
}

/**
 * Does something once the answer is on its way.
 *
 * @param {() => void} task
 * @returns {Promise<void>}
 */
function later(task) {
  return new Promise((resolve) => setTimeout(() => resolve(task()), 0));
}

/**
 * The origin's response, without its body where it answers an upgrade with something else: whoever asks for a WebSocket is
 * challenged by no band of risk, and shall get no page for it. Envoy does the same by itself.
 *
 * @param {Request} request
 * @param {Response} response
 */
function withoutPage(request, response) {
  return isUpgrade(request) && response.ok ? new Response(null, response) : response;
}

/** @param {Request} request */
function isUpgrade(request) {
  return request.headers.get("upgrade")?.toLowerCase() === "websocket";
}

/** The longest path that a line of the log repeats; as `MAX_TEXT` in `engine/src/record/json.rs`. */
const MOST_PATH = 512;

/** Where the core's own endpoints are; as `PREFIX` in `engine/src/assets.rs`. */
const PREFIX = "/.well-known/outwork/";

/**
 * What becomes of a request that nobody can judge.
 *
 * @param {Request} request
 * @param {string} url
 * @param {Settings} settings
 * @param {HeldBody | null} held
 */
function unjudged(request, url, settings, held) {
  const { host, pathname: path } = new URL(url);
  const isOurs = path.startsWith(PREFIX);
  // It leaves no record: without the core there are no keys. So that nobody takes it for one that was removed, its log says so.
  log({ outwork: "unjudged", time: Date.now(), method: request.method, host, path: path.slice(0, MOST_PATH), passed: settings.open && !isOurs });
  if (isOurs) return problem(503, "this could not be done now, please try again");
  return settings.open ? passUnjudged(request, url, settings, held) : refuse();
}

const EVIDENCE = /^(outwork[-_]|signature_input$)/;
const SIGNATURES = ["signature-input", "signature"];
const OUR_LABEL = /\boutwork\b/;

/**
 * Lets a request go on that was not judged. Evidence is Outwork's to give, also now, so what claims to be it is removed.
 *
 * @param {Request} request
 * @param {string} url
 * @param {Settings} settings
 * @param {HeldBody | null} held
 */
function passUnjudged(request, url, settings, held) {
  const headers = new Headers(request.headers);
  request.headers.forEach((_, name) => {
    // Some origins read an underscore as a hyphen.
    if (EVIDENCE.test(name)) headers.delete(name);
  });
  // Without the core nobody reads signatures; if one may be ours, all go.
  if (SIGNATURES.some((name) => OUR_LABEL.test(headers.get(name) ?? ""))) SIGNATURES.forEach((name) => headers.delete(name));
  return forward(request, url, headers, settings, held);
}

function refuse() {
  return problem(500, "this request could not be checked, and the site lets no unchecked request pass");
}

/** @param {unknown} error */
function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}

/** @param {Record<string, unknown>} line */
function log(line) {
  console.error(JSON.stringify(line));
}
