/** Whom to ask about a request's global limits, and the request as the core has to see it again. */
export class Question {
  /**
   * @param {string} text       What the core wrote; `ask` in `worker/src/effects.rs` is the other side.
   * @param {Uint8Array} facts  What the core was given, with its time and its random bytes.
   * @param {Uint8Array} body
   */
  constructor(text, facts, body) {
    const [known, ...due] = text.slice(1).split("\n");
    this.known = known;
    this.due = due.filter((line) => line !== "").map((line) => line.split(" "));
    this.facts = facts;
    this.body = body;
  }

  /** @param {string} text */
  static is(text) {
    return text.startsWith("g");
  }
}
