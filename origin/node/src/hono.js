// Middleware for Hono, on whatever server it runs.

import { Refusal } from "./evidence.js";
import { Forbidden, problem } from "./forbidden.js";
import { answer } from "./node.js";
import { note } from "./outcome.js";
import { Gate } from "./settings.js";

/** Hono middleware that lets through only requests whose evidence holds. */
export function outworkHono(settings) {
  const gate = new Gate(settings);
  return async (context, next) => {
    try {
      const outcome = await gate.check(context, arrivedOf(gate, context), (most) => bodyOf(context.req.raw, most));
      if (outcome.state !== "verified") hide(context);
      note(context, outcome, (error) => uncaught(gate, context, error));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { status, headers, body } = problem(error.reason);
      return new Response(body, { status, headers });
    }
    await next();
    // Hono has answered it by now, and tells nobody.
    if (context.error instanceof Forbidden) told(gate, context, context.error);
  };
}

function told(gate, context, error) {
  gate.log(`outwork: ${context.req.method} ${context.req.path}: ${error.message}`);
}

/** Hono waits for its handler, which may never end: on Node's own server there is a response to answer by. */
function uncaught(gate, context, error) {
  const { incoming, outgoing } = context.env ?? {};
  if (incoming === undefined || outgoing === undefined) return told(gate, context, error);
  answer(gate, incoming, outgoing, error);
}

/** An application that reads the header itself shall not find one that nobody vouches for. */
function hide(context) {
  const headers = new Headers(context.req.raw.headers);
  headers.delete("outwork-risk");
  context.req.raw = new Request(context.req.raw, { headers });
}

function arrivedOf(gate, context) {
  const request = context.req.raw;
  // Node's own request, where there is one, has the target as it came; a URL has been tidied up.
  const incoming = context.env?.incoming;
  const url = new URL(request.url);
  const headers = [...request.headers].map(([name, value]) => [name, value]);
  return {
    method: request.method,
    authority: incoming?.headers?.[":authority"] ?? request.headers.get("host") ?? url.host,
    target: gate.target ? gate.target(context) : (incoming?.url ?? url.pathname + url.search),
    headers,
    scheme: gate.clientScheme(request.headers.get("x-forwarded-proto")),
  };
}

/** Of a copy: the application reads the request itself. */
async function bodyOf(request, most) {
  if (Number(request.headers.get("content-length") ?? 0) > most) throw new Refusal("too-large", `the body has more than ${most} bytes`);
  const parts = [];
  let size = 0;
  try {
    for await (const part of request.clone().body ?? []) {
      parts.push(part);
      size += part.length;
      if (size > most) throw new Refusal("too-large", `the body has more than ${most} bytes`);
    }
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal("broken", "the client left before its body was here");
  }
  return Buffer.concat(parts, size);
}
