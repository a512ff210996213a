/**
 * How long a request's body may take that is held back, in milliseconds; as `LONGEST` in `filter/src/pending.rs`.
 */
export const LONGEST = 30_000;

/** The body took too long. */
export class LateError extends Error {}

/** A request's body, read up to a cap, and still to be sent on: a stream is there only once. */
export class HeldBody {
  #parts;
  #rest;
  #most;

  /**
   * @param {Uint8Array[]} parts
   * @param {ReadableStreamDefaultReader<Uint8Array> | null} rest  Who reads on; null where all of it is here.
   * @param {number} most
   */
  constructor(parts, rest, most) {
    this.#parts = parts;
    this.#rest = rest;
    this.#most = most;
  }

  /**
   * Reads the body of a request, or of a response, or more than `most` bytes of it.
   *
   * @param {Request | Response} message
   * @param {number} most
   */
  static async of(message, most) {
    const reader = message.body?.getReader() ?? null;
    const parts = [];
    let length = 0;
    while (reader !== null && length <= most) {
      const { done, value } = await reader.read();
      if (done) return new HeldBody(parts, null, most);
      parts.push(value);
      length += value.length;
    }
    return new HeldBody(parts, reader, most);
  }

  /**
   * The same of a request, in the time that it may take.
   *
   * @param {Request} request
   * @param {number} most
   * @throws {LateError} Otherwise.
   */
  static async inTime(request, most) {
    /** @type {ReturnType<typeof setTimeout> | null} */
    let timer = null;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new LateError()), LONGEST);
    });
    try {
      return await Promise.race([HeldBody.of(request, most), /** @type {Promise<never>} */ (late)]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** The body, or one byte more than the most of it. */
  bytes() {
    const length = this.#parts.reduce((sum, part) => sum + part.length, 0);
    const body = new Uint8Array(Math.min(length, this.#most + 1));
    let at = 0;
    for (const part of this.#parts) {
      const fits = part.subarray(0, body.length - at);
      body.set(fits, at);
      at += fits.length;
    }
    return body;
  }

  /** The same body for the origin: as it was read, and what follows as it comes. */
  whole() {
    const [parts, rest] = [this.#parts, this.#rest];
    if (rest === null) return parts.length === 0 ? null : this.bytes();
    return new ReadableStream({
      start: (stream) => parts.forEach((part) => stream.enqueue(part)),
      async pull(stream) {
        const { done, value } = await rest.read();
        if (done) stream.close();
        else stream.enqueue(value);
      },
      cancel: (reason) => rest.cancel(reason),
    });
  }

  /** Gives up what was not read. */
  drop() {
    this.#rest?.cancel().catch(() => {});
  }
}
