// The script of the challenge page: it works, tells, posts the answer, and gets out of the way. The same file is the Worker that
// works, so that a page needs no other script.

import { begin, type Beacon } from "./beacon.ts";
import { post } from "./edge.ts";
import { again, cookies } from "./loop.ts";
import { offer, say, show, step, type Page, pageOf } from "./page.ts";
import { Search } from "./work.ts";

const CHUNK = 8_192;
const SLICE_MS = 8;
const ANSWER_MS = 15_000;
// Getting in matters more than being seen: this long the page waits for the beacon's requests.
const SEEN_MS = 2_000;
// A Worker tells its progress several times a second even on a slow phone: one that says nothing for this long never will.
const SILENT_MS = 5_000;
// Whoever has waited this long is shown the way without work.
const LONG_MS = 10_000;
const INSECURE = "This page came over http:, where no cookie is kept. Open it over https:.";
const COOKIES = "Allow cookies for this site, and try again.";

interface Task {
  challenge: string;
  bits: number;
}

if (typeof document === "undefined") serve();
else start(document.currentScript as HTMLScriptElement);

/** In the Worker: one task, its progress, its answer. */
function serve(): void {
  onmessage = ({ data }: MessageEvent<Task>) => {
    const search = new Search(data.challenge, data.bits);
    let found;
    while ((found = search.run(CHUNK)) === undefined) postMessage(search.tried);
    postMessage(found);
  };
}

function start(tag: HTMLScriptElement): void {
  const page = pageOf(document);
  if (!page) return;
  const observe = tag.dataset["start"] === "auto" && !navigator.globalPrivacyControl;
  const beacon = observe ? begin() : undefined;
  page.retry?.addEventListener("click", () => (page.get ? location.reload() : void pass(page, tag.src, beacon)));
  page.back?.addEventListener("click", () => history.back());
  void pass(page, tag.src, beacon);
}

/** Never rejects: whatever fails is said, with what can be done. */
async function pass(page: Page, script: string, beacon?: Beacon): Promise<void> {
  show(page, "working");
  // Browsers trust `localhost` over http: too, and most keep its cookies.
  if (!isSecureContext) return say(page, INSECURE, "failed");
  if (!cookies()) return say(page, COOKIES, "failed");
  say(page, "Checking your browser. There is nothing you have to do.", "working");
  const long = setTimeout(() => offer(page), LONG_MS);
  try {
    const opened = beacon?.ready();
    const answer = await solve(page, script);
    await Promise.race([opened?.then(() => beacon?.flush()), pause(SEEN_MS)]);
    // What it would still send could only be late.
    beacon?.stop();
    await reply(page, await post("challenge", JSON.stringify({ challenge: page.challenge, answer }), within(ANSWER_MS)));
  } catch {
    say(page, "Not sent. Are you online? Try again.", "failed");
  }
  clearTimeout(long);
}

async function reply(page: Page, { ok, status }: Response): Promise<void> {
  if (ok) {
    if (!page.get) return say(page, "The check is done. What you sent has not arrived: go back, and send it again.", "back");
    if (again(ok)) return say(page, "Done. The page is loading.", "done");
    const why = location.protocol === "http:" ? INSECURE : COOKIES;
    return say(page, "Passed, but your browser does not seem to keep the cookie. " + why, "failed");
  }
  // 404: the policy was switched off, and nothing is asked for any more.
  if ([403, 404, 409, 410].includes(status)) {
    if (!page.get) return say(page, "This check is no longer good. Go back, and send it again to get a new one.", "back");
    if (again(ok)) return say(page, "This check is no longer good. Loading a new one.", "done");
  }
  say(page, `The check was not accepted (${status}). Try again in a moment.`, "failed");
}

/** As AbortSignal.timeout, which browsers before 2022 lack. */
function within(milliseconds: number): AbortSignal {
  const ending = new AbortController();
  setTimeout(() => ending.abort(), milliseconds);
  return ending.signal;
}

function pause(milliseconds = 0): Promise<unknown> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Works in a Worker; on this thread, in short slices, where there is none. */
function solve(page: Page, script: string): Promise<string> {
  return inWorker(page, script).catch(() => inSlices(page));
}

function inWorker(page: Page, script: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(script);
    const end = (): void => {
      worker.terminate();
      reject();
    };
    let silent = setTimeout(end, SILENT_MS);
    worker.onerror = end;
    worker.onmessage = ({ data }: MessageEvent<number | string>) => {
      clearTimeout(silent);
      if (typeof data === "string") {
        resolve(data);
        return end();
      }
      silent = setTimeout(end, SILENT_MS);
      step(page, data);
    };
    worker.postMessage({ challenge: page.challenge, bits: page.bits } satisfies Task);
  });
}

async function inSlices(page: Page): Promise<string> {
  const search = new Search(page.challenge, page.bits);
  for (;;) {
    const until = performance.now() + SLICE_MS;
    do {
      const found = search.run(256);
      if (found !== undefined) return found;
    } while (performance.now() < until);
    step(page, search.tried);
    await pause();
  }
}
