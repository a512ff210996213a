// For whatever takes the requests of `node:http`: a listener around a whole application, and middleware for Express, Connect and Polka.

import { callable } from "./checks.js";
import { Refusal } from "./evidence.js";
import { Forbidden, problem } from "./forbidden.js";
import { note } from "./outcome.js";
import { Gate } from "./settings.js";

/**
 * A listener for `createServer` that calls `listener(request, response)`, which may be an Express application, only for requests
 * whose evidence holds. Nothing can come before it. What the listener throws or rejects with is answered.
 */
export function outworkListener(settings, listener) {
  const gate = new Gate(settings);
  callable("listener", listener);
  return async (request, response) => {
    try {
      await admit(gate, request, response);
      await listener(request, response);
    } catch (error) {
      answer(gate, request, response, error);
    }
  };
}

/**
 * `(request, response, next)` that lets through only requests whose evidence holds. It is the first that an application uses: routes
 * and body parsers come behind it. What is bound is read, checked and put back. What is no refusal goes to `next`, as Express has it.
 */
export function outwork(settings) {
  const gate = new Gate(settings);
  return async (request, response, next) => {
    try {
      let broken;
      try {
        await admit(gate, request, response);
      } catch (error) {
        if (error instanceof Refusal) throw error;
        broken = error;
      }
      // Express catches what its handlers throw; of a plain function nobody else would.
      await next(broken);
    } catch (error) {
      answer(gate, request, response, error);
    }
  };
}

async function admit(gate, request, response) {
  const outcome = await gate.check(request, arrivedOf(gate, request), (most) => bodyOf(request, most));
  if (outcome.state !== "verified") hide(request);
  note(request, outcome, (error) => answer(gate, request, response, error));
}

function arrivedOf(gate, request) {
  const headers = [];
  for (let at = 0; at < request.rawHeaders.length; at += 2) headers.push([request.rawHeaders[at], request.rawHeaders[at + 1]]);
  return {
    method: request.method,
    authority: request.headers[":authority"] ?? request.headers.host ?? "",
    target: gate.target ? gate.target(request) : relative(request.originalUrl ?? request.url),
    headers,
    scheme: gate.clientScheme(request.headers["x-forwarded-proto"]),
  };
}

/** Without what a request line has before its path where it names the whole address (RFC 9112, 3.2.2). */
function relative(target) {
  return target.replace(/^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?]*/, "");
}

/** An application that reads the header itself shall not find one that nobody vouches for. */
function hide(request) {
  delete request.headers["outwork-risk"];
  if (request.headersDistinct) delete request.headersDistinct["outwork-risk"];
  for (let at = request.rawHeaders.length - 2; at >= 0; at -= 2) {
    if (request.rawHeaders[at].toLowerCase() === "outwork-risk") request.rawHeaders.splice(at, 2);
  }
}

/** A refusal or a demand that was not met is answered as one, anything else with 500 and no word of what it was. */
export function answer(gate, request, response, error) {
  const isOurs = error instanceof Refusal || error instanceof Forbidden;
  // A refusal has its line already.
  if (!(error instanceof Refusal)) gate.log(`outwork: ${request.method} ${relative(request.url).split("?", 1)[0]}: ${isOurs ? error.message : (error?.stack ?? error)}`);
  if (response.headersSent) return response.destroy();
  if (!isOurs) return response.writeHead(500, { "content-type": "text/plain" }).end("Internal Server Error\n");
  const { status, headers, body } = problem(error.reason);
  // What is left of a body that nobody reads would be taken for the next request.
  response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body), ...(error.reason === "too-large" ? { connection: "close" } : {}) });
  response.end(body);
}

/** The whole body. It is put back before the stream's end is announced, so that the application reads it as if nobody had. */
function bodyOf(request, most) {
  if (request.readableEnded || request.readableFlowing !== null) {
    return Promise.reject(new Error("something reads the body before Outwork's middleware: put it in front"));
  }
  // It has said already that it ends, and says it only once.
  if (request.destroyed && !request.complete) return Promise.reject(new Refusal("broken", "the client left before its body was here"));
  const length = request.headers["content-length"];
  if (length !== undefined && Number(length) > most) return Promise.reject(new Refusal("too-large", `the body has more than ${most} bytes`));
  // Nobody announces an empty body that has ended already.
  if (request.complete && request.readableLength === 0) return Promise.resolve(Buffer.alloc(0));
  return new Promise((resolve, reject) => {
    const parts = [];
    let size = 0;
    const done = (settle, value) => {
      request.off("readable", collect).off("close", gone).off("error", gone);
      settle(value);
    };
    const gone = () => done(reject, new Refusal("broken", "the client left before its body was here"));
    const collect = () => {
      // Never more than there is: to read at the end announces it.
      while (request.readableLength > 0) {
        const part = request.read(request.readableLength);
        if (part === null) break;
        parts.push(part);
        size += part.length;
        if (size > most) return done(reject, new Refusal("too-large", `the body has more than ${most} bytes`));
      }
      if (!request.complete) return;
      const body = Buffer.concat(parts, size);
      if (size > 0) request.unshift(body);
      done(resolve, body);
    };
    request.on("readable", collect).on("close", gone).on("error", gone);
  });
}
