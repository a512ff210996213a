// A Tail Worker: takes the records out of what the Worker logs, and posts them to a SIEM. It runs after the request, and costs it nothing.

/** How records begin, in both vocabularies. */
const RECORD = /^\{"(time|@timestamp)":/;

export default {
  /**
   * @param {TraceItem[]} items  What was logged at one request each.
   * @param {Record<string, string | undefined>} env
   */
  async tail(items, env) {
    const lines = items.flatMap(({ logs }) => logs).flatMap(({ message }) => message);
    const records = lines.filter((line) => typeof line === "string" && RECORD.test(line));
    if (records.length === 0) return;
    const fault = faultOf(env) || (await post(records, env));
    if (fault !== "") console.error(JSON.stringify({ outwork: "records-not-sent", records: records.length, error: fault }));
  },
};

/** @param {Record<string, string | undefined>} env */
function faultOf({ SIEM_URL }) {
  return /^https?:\/\/[^/]/.test(SIEM_URL ?? "") ? "" : "SIEM_URL must be the `https://` URL that takes lines of JSON by POST";
}

/**
 * Why they could not be sent; empty when they were.
 *
 * @param {string[]} records
 * @param {Record<string, string | undefined>} env
 */
async function post(records, { SIEM_URL = "", SIEM_AUTHORIZATION, SIEM_BEFORE }) {
  // Some want a line before each: `{"create":{}}` is what the bulk API of Elasticsearch and OpenSearch takes.
  const lines = SIEM_BEFORE === undefined ? records : records.flatMap((record) => [SIEM_BEFORE, record]);
  const headers = new Headers({ "content-type": "application/x-ndjson" });
  if (SIEM_AUTHORIZATION !== undefined) headers.set("authorization", SIEM_AUTHORIZATION);
  try {
    const { ok, status, body } = await fetch(SIEM_URL, { method: "POST", headers, body: `${lines.join("\n")}\n`, redirect: "manual" });
    await body?.cancel();
    return ok ? "" : `the answer was ${status}`;
  } catch (error) {
    return String(error);
  }
}
