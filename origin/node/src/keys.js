// The keys that evidence is verified with: what `outwork keys evidence` prints.

const VARIABLE = "OUTWORK_EVIDENCE_KEYS";
const LEAST_BYTES = 32;
const MOST_KEYS = 16;

// Kinds of keys, as `outwork keys` marks them, that are not for origins.
const OTHERS = { master: "a host", audit: "records" };

/** Reads `evidence:id:base64[,…]`: all of them verify, so that keys can be rotated with overlap. One without the mark may be the edge's own. No secret is in an error. */
export function parseKeys(list) {
  const keys = new Map();
  const entries = list.split(",").map((entry) => entry.trim()).filter((entry) => entry !== "");
  for (const [place, entry] of entries.entries()) {
    const parts = entry.split(":");
    const kind = parts.length === 3 ? parts.shift() : "";
    if (Object.hasOwn(OTHERS, kind)) throw new Error(`\`${parts[0].slice(0, 64)}\` is a key of ${OTHERS[kind]}: origins get what \`outwork keys evidence\` prints`);
    if (parts.length !== 2 || kind !== "evidence") throw new Error(`key ${place + 1} in \`${VARIABLE}\` is not of the form \`evidence:id:base64\`, as \`outwork keys evidence\` prints it`);
    const [id, text] = parts;
    if (!/^[A-Za-z0-9\-_.]{1,64}$/.test(id)) throw new Error(`the id of key ${place + 1} in \`${VARIABLE}\` must be 1 to 64 letters, digits, \`-\`, \`_\` or \`.\``);
    if (keys.has(id)) throw new Error(`two keys in \`${VARIABLE}\` have the id \`${id}\``);
    keys.set(id, secret(id, text.trim()));
  }
  if (keys.size === 0) throw new Error(`no keys: set \`${VARIABLE}\` to what \`outwork keys evidence\` prints`);
  if (keys.size > MOST_KEYS) throw new Error(`more than ${MOST_KEYS} keys in \`${VARIABLE}\`: retire the oldest`);
  return keys;
}

/** Those of the environment variable `OUTWORK_EVIDENCE_KEYS`. */
export function keysFromEnvironment() {
  return parseKeys(process.env[VARIABLE] ?? "");
}

function secret(id, text) {
  if (!/^[A-Za-z0-9+/\-_]+={0,2}$/.test(text)) throw new Error(`the secret of key \`${id}\` is not base64`);
  const bytes = Buffer.from(text, "base64");
  if (bytes.length < LEAST_BYTES) throw new Error(`the secret of key \`${id}\` has ${bytes.length} bytes, and needs ${LEAST_BYTES} or more`);
  return bytes;
}
