/**
 * What the core wants done. `worker/src/effects.rs` is the other side.
 *
 * @typedef {object} Effects
 * @property {number} status      The status to reply with; 0 to go on to the origin.
 * @property {number} delay       Milliseconds for which the reply may be held back.
 * @property {string} record      The decision's JSON record; empty when the policy keeps none.
 * @property {string[]} lines
 * @property {number} edits       Where in `lines` the edits of the request's headers start.
 * @property {number} headers     Where the response's headers start.
 * @property {number} body        Where the body of a reply starts.
 */

/**
 * How many bytes of the request's body the core wants to see, and what it knows already; null when it did not ask for any.
 *
 * @param {string} text
 */
export function wished(text) {
  if (!text.startsWith("c")) return null;
  const [most, known] = text.slice(1).split("\n");
  return { most: Number.parseInt(most, 10), known };
}

/**
 * @param {string} text
 * @returns {Effects}
 */
export function effectsOf(text) {
  const lines = text.split("\n");
  const edits = 4;
  const headers = edits + 2 * Number(lines[3]) + 1;
  const body = headers + 2 * Number(lines[headers - 1]);
  return { status: Number(lines[0]), delay: Number(lines[1]), record: lines[2], lines, edits, headers, body };
}

/**
 * Edits the headers of the request to the origin.
 *
 * @param {Headers} target
 * @param {Effects} effects
 */
export function editRequest(target, { lines, edits, headers }) {
  for (let at = edits; at < headers - 1; at += 2) {
    const name = lines[at].slice(1);
    if (lines[at].startsWith("-")) target.delete(name);
    else target.append(name, lines[at + 1]);
  }
}

/**
 * The origin's response with the core's headers added; the very same response when there is none to add.
 *
 * @param {Response} response
 * @param {Effects} effects
 */
export function editResponse(response, effects) {
  // A 101 carries a WebSocket that a copy would lose.
  if (effects.body === effects.headers || response.status === 101) return response;
  const edited = new Response(response.body, response);
  addHeaders(edited.headers, effects);
  return edited;
}

/**
 * The core's own reply.
 *
 * @param {Effects} effects
 */
export function reply(effects) {
  // Statuses without a body (204, 304) refuse even an empty one.
  const body = effects.lines.slice(effects.body).join("\n") || null;
  const response = new Response(body, { status: effects.status });
  response.headers.delete("content-type");
  addHeaders(response.headers, effects);
  return response;
}

/**
 * @param {Headers} target
 * @param {Effects} effects
 */
function addHeaders(target, { lines, headers, body }) {
  for (let at = headers; at < body; at += 2) target.append(lines[at], lines[at + 1]);
}
