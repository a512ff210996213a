// The two endpoints that the script talks to.

const ENDPOINTS = "/.well-known/outwork/";

/** What the edge tells a page of its session. The session itself is in a cookie that no script reads. */
export interface Session {
  key: Uint8Array;
  next: number;
}

/** Asks for the session, or for a new one; nothing where the edge or the visitor's browser wants none. */
export async function hello(signal?: AbortSignal): Promise<Session | undefined> {
  const answer = await post("hello", null, signal);
  if (answer.status !== 200) return undefined;
  const { v, key, next } = await answer.json();
  return v === 1 ? { key: bytes(key), next } : undefined;
}

/** Sends a blob while the page lives: the status tells what the edge thought of it. */
export async function send(blob: Uint8Array, signal?: AbortSignal): Promise<number> {
  return (await post("beacon", blob, signal)).status;
}

/** Sends a blob of a page that goes away: nobody waits for the answer. */
export function leave(blob: Uint8Array): void {
  const body = new Blob([blob as BlobPart], { type: BINARY });
  if (!navigator.sendBeacon?.(ENDPOINTS + "beacon", body)) post("beacon", blob).catch(() => {});
}

/** A request to an endpoint, with the session's cookie, that outlives the page. */
export function post(name: string, body: Uint8Array | string | null, signal?: AbortSignal): Promise<Response> {
  const type = typeof body === "string" ? "application/json" : BINARY;
  const headers: HeadersInit = body ? { "content-type": type } : {};
  return fetch(ENDPOINTS + name, { method: "POST", body: body as BodyInit | null, headers, keepalive: true, cache: "no-store", signal: signal ?? null });
}

const BINARY = "application/octet-stream";

function bytes(base64url: string): Uint8Array {
  return Uint8Array.from(atob(base64url.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
}
