/**
 * The shell's own error reply, as RFC 9457 problem details.
 *
 * @param {number} status
 * @param {string} detail
 * @param {string} [reference]
 */
export function problem(status, detail, reference) {
  const body = JSON.stringify({ type: "about:blank", title: TITLES[status], status, detail, reference });
  return new Response(body, { status, headers: { "content-type": "application/problem+json", "cache-control": "no-store" } });
}

/** @type {Record<number, string>} */
const TITLES = {
  400: "Bad Request",
  408: "Request Timeout",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
};
