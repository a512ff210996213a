/**
 * The request as the one string that the core reads: a line for each fact, then two for each header.
 * Neither a header, a method nor a URL can hold a line feed, so nothing needs escaping. `worker/src/request.rs` is the other side.
 *
 * @param {Request} request
 * @param {string} url  As `addressOf` has it.
 * @param {number} now  Milliseconds since the Unix epoch.
 * @returns {string}
 */
export function factsOf(request, url, now) {
  let facts = `${request.method}\n${url}\n${now}\n${edgeFacts(request.cf)}`;
  // One callback costs less than an iterator's result objects: 3.5 us against 5.1 us for 15 headers in workerd.
  request.headers.forEach((value, name) => {
    facts += `${name}\n${value}\n`;
  });
  return facts;
}

/**
 * The request's URL as `fetch` writes it to the origin: with `%2e%2e` taken for `..`, and quotation marks encoded. What is judged and signed
 * shall be what the origin gets. Empty where there is no such URL: none has a port beyond 65535.
 *
 * @param {Request} request
 */
export function addressOf(request) {
  try {
    return new URL(request.url).href;
  } catch {
    return "";
  }
}

/** As many empty lines as `edgeFacts` writes: this host was told nothing about the connection. */
const NO_EDGE_FACTS = "\n\n\n\n\n\n\n";

/**
 * What Cloudflare's edge says of the connection. An empty line is a fact that this host does not have.
 * The shape of `cf` depends on the plan and on who calls, so nothing in it is taken on trust.
 *
 * @param {unknown} cf
 */
function edgeFacts(cf) {
  if (typeof cf !== "object" || cf === null) return NO_EDGE_FACTS;
  const edge = /** @type {Record<string, unknown>} */ (cf);
  const bots = /** @type {Record<string, unknown>} */ (edge.botManagement ?? {});
  return (
    `${number(edge.asn)}\n${text(edge.country)}\n${text(edge.tlsVersion)}\n${text(edge.httpProtocol)}\n` +
    `${stated(edge.clientAcceptEncoding)}\n${text(bots.ja4)}\n${text(bots.ja3Hash)}\n`
  );
}

/** @param {unknown} value */
function text(value) {
  return typeof value === "string" && !value.includes("\n") ? value : "";
}

/**
 * Text that may be empty, which says something else than no text.
 *
 * @param {unknown} value
 */
function stated(value) {
  return typeof value === "string" && !value.includes("\n") ? `=${value}` : "";
}

/** @param {unknown} value */
function number(value) {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : "";
}
