import { problem } from "./problem.js";

/** @typedef {import("./settings.js").Settings} Settings */

/**
 * Sends the request on with these headers in place of its own. Bodies are streams and stay so, but for one that was held; redirects
 * come back as they are, for the client to follow.
 *
 * @param {Request} request
 * @param {string} address  Its URL, as `addressOf` has it.
 * @param {Headers} headers
 * @param {Settings} settings
 * @param {import("./body.js").HeldBody | null} held
 * @returns {Promise<Response>}
 */
export async function forward(request, address, headers, settings, held) {
  const { method } = request;
  const body = held === null ? request.body : held.whole();
  const bare = BARE.has(method) && body !== null;
  if (bare && held !== null) return problem(400, `a ${method} request cannot be sent on with the body that was checked`);
  try {
    if (settings.service !== null) return await settings.service.fetch(copyOf(request, address, headers, held, body));
    const url = settings.base === "" ? address : rebase(address, headers, settings.base);
    // Nobody may make such a request with its body but of another.
    if (bare) return await fetch(new Request(url, new Request(request, { headers, redirect: "manual" })));
    // Of a request only these four reach an origin; a copy of the whole would also copy `cf`, which costs 10 us.
    return await fetch(url, { method, headers, body, redirect: "manual" });
  } catch (error) {
    console.error(JSON.stringify({ outwork: "origin-unreachable", error: String(error) }));
    return problem(502, "the origin did not answer");
  }
}

/** Methods with which no body can be given to a request that is made. */
const BARE = new Set(["GET", "HEAD"]);

/**
 * The request for a service binding, which sees `cf` too. One whose body was read is no longer to be copied from.
 *
 * @param {Request} request
 * @param {string} address
 * @param {Headers} headers
 * @param {import("./body.js").HeldBody | null} held
 * @param {BodyInit | null} body
 */
function copyOf(request, address, headers, held, body) {
  if (held !== null) {
    const { method, redirect, cf } = request;
    return new Request(address, { method, headers, body, redirect, cf: /** @type {RequestInitCfProperties} */ (cf) });
  }
  const copy = new Request(request, { headers });
  return address === request.url ? copy : new Request(address, copy);
}

/**
 * The same path at `base`. Workers set Host from the URL, so headers tell the origin what the client asked for.
 *
 * @param {string} url
 * @param {Headers} headers
 * @param {string} base
 */
function rebase(url, headers, base) {
  const start = url.indexOf("://");
  const end = url.slice(start + 3).search(/[/?#]/);
  const path = end < 0 ? url.length : start + 3 + end;
  headers.set("x-forwarded-host", url.slice(start + 3, path));
  headers.set("x-forwarded-proto", url.slice(0, start));
  return base + url.slice(path);
}
