/**
 * A data point a record, for Workers Analytics Engine: what to count and to chart, without the lines of the log.
 *
 * Blobs, doubles and the index have no names there; `docs/siem.md` lists them, so their order is for ever. What is new comes last.
 *
 * @typedef {{ writeDataPoint(point: DataPoint): void }} Dataset
 * @typedef {{ indexes: string[], blobs: string[], doubles: number[] }} DataPoint
 */

/** What stands for a number that was not observed: no number of ours is negative. */
const UNKNOWN = -1;

/** Whether a failure was said: the next one says nothing new. */
let said = false;

/**
 * Writes the data point of a record. It can fail no request: the answer is on its way already.
 *
 * @param {Dataset} dataset
 * @param {string} line
 * @param {number} status  Of the reply in the origin's place; 0 where there was none.
 */
export function count(dataset, line, status) {
  try {
    dataset.writeDataPoint(pointOf(JSON.parse(line), status));
  } catch (error) {
    if (said) return;
    said = true;
    console.error(JSON.stringify({ outwork: "analytics-failed", error: String(error) }));
  }
}

/**
 * @param {any} record  In either vocabulary.
 * @param {number} status
 * @returns {DataPoint}
 */
export function pointOf(record, status) {
  const own = record.unmapped?.outwork ?? record.outwork;
  const { id, rule, method, host, path, agent, client, ja4, bundle, risk } = record.unmapped ? ofOcsf(record) : ofEcs(record);
  // A request that ended before a decision has neither verdict nor reasons.
  const verdict = own.undecided === undefined ? own.verdict : "undecided";
  const reasons = own.undecided === undefined ? own.reasons.map((/** @type {{ id: string }} */ reason) => reason.id) : [own.undecided.details];
  const model = own.models?.find((/** @type {{ in_force: boolean }} */ model) => model.in_force);
  return {
    // Analytics Engine thins out what comes often, by its index: so that refusals are not thinned out with what was allowed.
    indexes: [verdict],
    blobs: [
      id,
      verdict,
      own.enforced === undefined ? "" : own.enforced ? "enforced" : "shadow",
      own.band,
      own.window,
      rule,
      reasons.join(" "),
      method,
      host,
      path,
      agent,
      client,
      own.device_id,
      ja4,
      bundle,
      model?.id,
      own.agent?.id,
    ].map((text) => text ?? ""),
    doubles: [
      // How many decisions this one stands for.
      own.sampled === undefined ? 1 : 1 / own.sampled,
      risk,
      own.device,
      own.behaviour,
      own.context,
      own.confidence,
      status,
      model?.probability,
    ].map((number) => number ?? UNKNOWN),
  };
}

/** @param {any} record */
function ofOcsf({ metadata, firewall_rule, activity_name, http_request, src_endpoint, ja4_fingerprint_list, policy, risk_score }) {
  return {
    id: metadata.uid,
    rule: firewall_rule?.uid,
    method: http_request.http_method ?? activity_name,
    host: http_request.url.hostname,
    path: http_request.url.path,
    agent: http_request.user_agent,
    client: src_endpoint?.uid,
    ja4: ja4_fingerprint_list?.[0].value,
    bundle: policy.version,
    risk: risk_score,
  };
}

/** @param {any} record */
function ofEcs({ event, rule, http, url, user_agent, outwork }) {
  return {
    id: event.id,
    rule: rule?.id,
    method: http.request.method,
    host: url.domain,
    path: url.path,
    agent: user_agent?.original,
    client: outwork.client_id,
    ja4: outwork.ja4,
    bundle: outwork.bundle,
    risk: event.risk_score,
  };
}
