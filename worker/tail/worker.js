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
  return /^(https:\/\/[^/]|http:\/\/127\.0\.0\.1[:/])/.test(SIEM_URL ?? "") ? "" : "SIEM_URL must be the `https://` URL that takes lines of JSON by POST, or `http://` at 127.0.0.1";
}

/**
 * What a bulk API says of the lines that it did not take: its status is 200 all the same. What is no such answer says nothing.
 *
 * @param {string} text
 */
function refused(text) {
  /** @type {{ errors?: boolean, items?: Record<string, { status?: number, error?: { type?: string } | string }>[] }} */
  let answer;
  try {
    answer = JSON.parse(text);
  } catch {
    return "";
  }
  if (answer?.errors !== true) return "";
  const errors = (answer.items ?? []).flatMap((item) => Object.values(item)).filter(({ error }) => error !== undefined);
  const [first] = errors;
  const type = typeof first?.error === "object" ? first.error.type : first?.error;
  return `${errors.length} were refused; the first with ${first?.status}, ${type}`;
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
    const answer = await fetch(SIEM_URL, { method: "POST", headers, body: `${lines.join("\n")}\n`, redirect: "manual" });
    if (answer.ok && SIEM_BEFORE !== undefined) return refused(await answer.text());
    await answer.body?.cancel();
    return answer.ok ? "" : `the answer was ${answer.status}`;
  } catch (error) {
    return String(error);
  }
}
