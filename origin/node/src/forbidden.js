// Answers in the application's place.

const STATUS = { broken: [400, "Bad Request"], "too-large": [413, "Content Too Large"], unavailable: [503, "Service Unavailable"] };

/** The answer to a request that is refused for this reason (RFC 9457). What it says is for anybody: why is in the log. */
export function problem(reason) {
  const [status, title] = STATUS[reason] ?? [403, "Forbidden"];
  const detail = reason === "transaction" ? "This request is not the transaction that is taken here." : "This request carries no valid evidence of the edge.";
  const body = JSON.stringify({ type: "about:blank", title, status, detail, reason });
  return { status, headers: { "content-type": "application/problem+json", "cache-control": "no-store" }, body };
}

/** An error that frameworks answer with 403: Express by `status`, Hono by `getResponse`. */
export class Forbidden extends Error {
  status = 403;
  statusCode = 403;
  expose = false;

  constructor(message, reason) {
    super(message);
    this.reason = reason;
    // It is no bug that somebody looks for by its line, and Express shows stacks to clients unless NODE_ENV is "production".
    this.stack = `${new.target.name}: ${message}`;
  }

  /** What Hono answers with. */
  getResponse() {
    const { headers, body } = problem(this.reason);
    return new Response(body, { status: this.status, headers });
  }
}
