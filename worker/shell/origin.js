import { problem } from "./problem.js";

/** @typedef {import("./settings.js").Settings} Settings */

/**
 * The request to the origin: a copy whose headers can be edited and whose body is the same stream.
 *
 * @param {Request} request
 * @param {Settings} settings
 */
export function upstreamOf(request, settings) {
  if (settings.base === "" || settings.service !== null) return new Request(request);
  const { authority, rest, scheme } = partsOf(request.url);
  const upstream = new Request(settings.base + rest, request);
  // Workers set Host from the URL, so the origin learns from these what the client asked for.
  upstream.headers.set("x-forwarded-host", authority);
  upstream.headers.set("x-forwarded-proto", scheme);
  return upstream;
}

/**
 * Sends `upstream` to the origin. Redirects come back as they are: those of an incoming request are never followed.
 *
 * @param {Request} upstream
 * @param {Settings} settings
 * @returns {Promise<Response>}
 */
export async function send(upstream, settings) {
  try {
    return await (settings.service === null ? fetch(upstream) : settings.service.fetch(upstream));
  } catch (error) {
    console.error(JSON.stringify({ outwork: "origin-unreachable", error: String(error) }));
    return problem(502, "the origin did not answer");
  }
}

/** @param {string} url */
function partsOf(url) {
  const start = url.indexOf("://");
  const end = url.slice(start + 3).search(/[/?#]/);
  const path = end < 0 ? url.length : start + 3 + end;
  return { scheme: url.slice(0, start), authority: url.slice(start + 3, path), rest: url.slice(path) };
}
