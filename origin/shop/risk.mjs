// What the shop knows of a request's risk: verified where it has the keys of evidence, else only for display.
import { outcomeOf, outworkListener } from "../node/src/index.js";
import { Malformed, parseDictionary } from "../node/src/structured.js";

/** A listener that hands on each request with what its evidence is worth. Without keys that is nothing, and the header is shown as it came. */
export function evidence({ keys, replay, clock }, listener) {
  if (!keys) return (request, response) => listener(request, response, shown(request.headers["outwork-risk"]));
  // A shop of a demo shows what does not hold, instead of refusing it: an order it does refuse.
  const settings = { keys, replay, ...(clock ? { clock } : {}), observe: true, scheme: "forwarded", log: () => {} };
  return outworkListener(settings, (request, response) => listener(request, response, told(request)));
}

function told(request) {
  const outcome = outcomeOf(request);
  if (outcome.state === "verified") return { present: true, verified: true, header: request.headers["outwork-risk"], ...outcome.risk };
  return { present: false, verified: false, why: outcome.state === "missing" ? "missing" : outcome.reason };
}

/** The header's members by name, and its text; `present: false` where there is none that can be read. */
export function shown(header) {
  try {
    const members = parseDictionary(header ?? "").map(({ key, value }) => [key, value.items?.map((item) => item.value) ?? value.value]);
    return members.length > 0 ? { ...Object.fromEntries(members), present: true, verified: false, header } : { present: false, verified: false };
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return { present: false, verified: false, why: "malformed" };
  }
}
