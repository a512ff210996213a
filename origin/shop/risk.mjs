// What the shop shows of the Outwork-Risk header (a Structured Field Dictionary, RFC 9651).
// This reads it for display. An origin that acts on it checks the signature first; the verifiers in origin/ do.

const MEMBER = /\s*([a-z*][a-z0-9_\-.*]*)=("(?:[^"\\]|\\.)*"|\([^)]*\)|[^,;\s]+)[^,]*(?:,|$)/y;

/** The header's members by name, and its text; `present: false` where the filter added none. */
export function readRisk(header) {
  if (header === undefined) return { present: false };
  const members = {};
  MEMBER.lastIndex = 0;
  for (let found = MEMBER.exec(header); found; found = MEMBER.exec(header)) members[found[1]] = value(found[2]);
  return { present: true, header, ...members };
}

function value(text) {
  if (text.startsWith('"')) return unescaped(text.slice(1, -1));
  if (text.startsWith("(")) return [...text.matchAll(/"((?:[^"\\]|\\.)*)"|([^\s()]+)/g)].map((item) => (item[1] === undefined ? item[2] : unescaped(item[1])));
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

function unescaped(text) {
  return text.replace(/\\(.)/g, "$1");
}
