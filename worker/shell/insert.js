/** How a page says that it has the script already; as `OWN` in `insert/src/scanner.rs`. */
const OWN = 'script[src*="/.well-known/outwork/beacon"]';

/** The headers that are no longer true of a page that was changed. `content-length` goes by itself. */
const UNTRUE = ["accept-ranges", "content-digest", "repr-digest", "digest", "content-md5"];

/**
 * The response with the script's tag in it, if it is a page to show; else the very same response.
 *
 * @param {Request} request
 * @param {Response} response
 * @param {string} tag
 * @returns {Response}
 */
export function insert(request, response, tag) {
  if (tag === "" || !takesTag(request, response)) return response;
  let done = false;
  /** @param {(tag: string, options: { html: boolean }) => void} put */
  const once = (put) => {
    if (!done) put(tag, { html: true });
    done = true;
  };
  // Before `</head>`, or else at the beginning of `<body>`, unless the page has the script by then.
  return new HTMLRewriter()
    .on(OWN, { element: () => void (done = true) })
    .on("head", { element: (head) => head.onEndTag((end) => once((...content) => end.before(...content))) })
    .on("body", { element: (body) => once((...content) => body.prepend(...content)) })
    .transform(changed(response));
}

/**
 * Whether this is a page that somebody navigates to, in full, readable, and free to be changed on its way.
 *
 * @param {Request} request
 * @param {Response} response
 */
function takesTag(request, response) {
  const destination = request.headers.get("sec-fetch-dest");
  return (
    response.status === 200 &&
    response.body !== null &&
    request.method !== "HEAD" &&
    /^text\/html\s*(;|$)/i.test(response.headers.get("content-type") ?? "") &&
    !/(^|,)\s*no-transform\s*(,|$)/i.test(response.headers.get("cache-control") ?? "") &&
    /^(identity|gzip|br)?$/i.test(response.headers.get("content-encoding") ?? "") &&
    (destination === null || /^(document|iframe|frame)$/.test(destination))
  );
}

/** @param {Response} response */
function changed(response) {
  const copy = new Response(response.body, response);
  for (const name of UNTRUE) copy.headers.delete(name);
  const etag = copy.headers.get("etag");
  if (etag !== null && !etag.startsWith("W/")) copy.headers.set("etag", `W/${etag}`);
  return copy;
}
