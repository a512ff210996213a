// One run of the beacon in a page: it records, and decides when to send.

import { Encoder, Kind } from "./encoder.ts";
import { hello, leave, send, type Session } from "./edge.ts";
import { environment, NO_POINTER } from "./environment.ts";
import { record } from "./recorder.ts";

// docs/beacon.md, "When it sends", gives the reasons.
const FULL = 256;
const WORTH = 24;
const TICK_MS = 1_000;
const WORTH_AFTER_MS = 5_000;
const ANY_AFTER_MS = 15_000;
const PAUSE_MS = 1_000;
const APART_MS = 3_000;
const RETRY_MS = 30_000;
const TRIES = 3;

export interface Options {
  /** Takes blobs in place of the beacon endpoint: the lab shows them. */
  sink?: (blob: Uint8Array) => Promise<number>;
  /** Told once, when it has ended: by itself, or by `stop`. */
  ended?: () => void;
  /** Tells of navigation inside the page. The challenge's page has none, and no room for what hears it. */
  watch?: (moved: () => void, signal: AbortSignal) => void;
}

export interface Beacon {
  /** Returns when the session is open, or cannot be. */
  ready(): Promise<unknown>;
  /** Sends what is unsent, and returns when the edge has answered. */
  flush(): Promise<void>;
  /** Ends it. What is unsent is forgotten. */
  stop(): void;
}

export function begin(options: Options = {}): Beacon {
  const ending = new AbortController();
  const { signal } = ending;
  const encoder = new Encoder(performance.now(), document.visibilityState === "hidden");
  let said = 0;
  const deliver = options.sink ?? ((blob: Uint8Array) => send(blob, signal));
  let session: Promise<Session | undefined> | undefined;
  let opened: Session | undefined;
  let openedAt = 0;
  let last = 0;
  let tries = 0;
  let quietUntil = 0;
  let first = 0;
  let pausedAt = 0;
  let sentAt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const stop = (): void => {
    if (signal.aborted) return;
    ending.abort();
    clearTimeout(timer);
    encoder.drop();
    opened = undefined;
    options.ended?.();
  };

  const open = (): Promise<Session | undefined> => (session ??= hello(signal).then(
    (answer) => {
      if (signal.aborted) return undefined;
      if (!answer) stop();
      openedAt = performance.now();
      // Not when it begins: a page that is still being parsed may not know yet how wide it is.
      said = environment();
      return (opened = answer);
    },
    () => {
      // The network failed, not the edge: once more, later.
      session = undefined;
      wait();
      return undefined;
    },
  ));

  const wait = (): void => {
    if (++tries > TRIES) stop();
    else quietUntil = performance.now() + RETRY_MS * 2 ** (tries - 1);
  };

  const seal = ({ key, next }: Session): Uint8Array => {
    const now = performance.now();
    last = Math.max(last + 1, Math.round(next + now - openedAt));
    sentAt = now;
    pausedAt = first = 0;
    return encoder.seal({ environment: said | (recorder.pointed() ? 0 : NO_POINTER), sequence: last, clock: Date.now() }, key);
  };

  const flush = async (): Promise<void> => {
    if (!encoder.count || performance.now() < quietUntil) return;
    const known = opened ?? (await open());
    if (!known || !encoder.count || signal.aborted) return;
    judge(await deliver(seal(known)).catch(() => 0));
  };

  const judge = (status: number): void => {
    if (status >= 200 && status < 300) tries = 0;
    else if (status === 401 || status === 403 || status === 409) {
      // The session has changed since: another one, once for each time that the edge accepts something.
      session = opened = undefined;
      if (++tries > 1) stop();
      else void open();
    } else if (status === 0 || status === 429 || status >= 500) wait();
    else stop();
  };

  const tick = (): void => {
    timer = undefined;
    const now = performance.now();
    const age = now - first;
    const paused = pausedAt && now - pausedAt >= PAUSE_MS && now - sentAt >= APART_MS;
    if (encoder.count >= FULL || paused || age >= ANY_AFTER_MS || (age >= WORTH_AFTER_MS && encoder.count >= WORTH)) void flush();
    if (encoder.count) arm();
  };

  const arm = (): void => {
    timer ??= setTimeout(tick, TICK_MS);
  };

  const heard = (pause?: boolean): void => {
    if (!encoder.count || signal.aborted) return;
    const now = performance.now();
    first ||= now;
    if (!session && now >= quietUntil) void open();
    if (pause) pausedAt = now;
    // Not in the handler, so that the page's own come first.
    if (encoder.count === FULL) setTimeout(flush);
    else arm();
  };

  const go = (): void => {
    // Nobody needs to know that a page was hidden in which nothing else happened.
    if (encoder.count < 2 || !opened || signal.aborted) return;
    const blob = seal(opened);
    if (options.sink) void options.sink(blob);
    else leave(blob);
  };

  // A page that is left is both hidden and hidden away, in an order that browsers do not agree on.
  const see = (shown: boolean): void => {
    if (shown !== encoder.hidden) return;
    encoder.hidden = !shown;
    encoder.plain(shown ? Kind.Shown : Kind.Hidden, performance.now());
    heard();
    if (!shown) go();
  };

  const recorder = record(encoder, heard, signal);
  options.watch?.(() => {
    encoder.plain(Kind.Navigated, performance.now());
    heard(true);
  }, signal);
  addEventListener("pagehide", () => see(false), { signal });
  addEventListener("pageshow", () => see(true), { signal });
  document.addEventListener("visibilitychange", () => see(document.visibilityState === "visible"), { signal });
  return { ready: open, flush, stop };
}
