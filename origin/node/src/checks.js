// Settings are checked where they are given: one that is of another kind would not fail, but let more through.

const LEAST_KEY = 32;

/** Throws unless this fits. */
export function one(name, value, fits, wanted) {
  if (!fits) throw new TypeError(`\`${name}\` is ${wanted}, not ${typeof value === "string" ? JSON.stringify(value) : String(value)}`);
  return value;
}

export function refuseUnknown(settings) {
  for (const name of Object.keys(settings)) throw new TypeError(`\`${name}\` is no setting`);
}

/** A whole number. What the environment gives is text, and has to be made one. */
export function whole(name, value, least, most) {
  return one(name, value, Number.isInteger(value) && value >= least && value <= most, `a whole number from ${least} to ${most}`);
}

export function boolean(name, value) {
  return one(name, value, typeof value === "boolean", "true or false");
}

export function callable(name, value) {
  return one(name, value, typeof value === "function", "a function");
}

export function word(name, value, words) {
  return one(name, value, words.includes(value), words.map((known) => JSON.stringify(known)).join(" or "));
}

/** One name or several. */
export function names(name, value) {
  const all = [value].flat();
  return one(name, all, all.every((known) => typeof known === "string" && known !== ""), "a name or a list of names");
}

/** A copy: nobody changes it from outside. No secret is in the error. */
export function soundKeys(keys) {
  if (!(keys instanceof Map) || keys.size === 0) throw new TypeError("`keys` is a map of keys by id, as `parseKeys` makes it, with at least one");
  for (const [id, secret] of keys) {
    if (typeof id !== "string" || !(secret instanceof Uint8Array) || secret.length < LEAST_KEY) throw new TypeError(`the key \`${String(id)}\` is not ${LEAST_KEY} bytes or more`);
  }
  return new Map([...keys].map(([id, secret]) => [id, Buffer.from(secret)]));
}
