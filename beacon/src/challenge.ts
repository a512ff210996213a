// The script of the challenge page: it works, tells, posts the answer, and gets out of the way. The same file is the Worker that
// works, so that a page needs no other script.

import { begin, type Beacon } from "./beacon.ts";
import { post } from "./edge.ts";
import { again, cookies } from "./loop.ts";
import { say, show, step, type Page, pageOf } from "./page.ts";
import { Search } from "./work.ts";

const CHUNK = 8_192;
const SLICE_MS = 8;
const ANSWER_MS = 15_000;

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
  if (!cookies()) return say(page, "Allow cookies for this site, so that it can remember the check, and try again.", "failed");
  say(page, "Checking your browser. There is nothing you have to do.", "working");
  try {
    const [answer] = await Promise.all([solve(page, script), beacon?.ready()]);
    await beacon?.flush();
    await reply(page, await post("challenge", JSON.stringify({ challenge: page.challenge, answer }), AbortSignal.timeout(ANSWER_MS)));
  } catch {
    say(page, "The check could not be sent. Are you online? Try again.", "failed");
  }
}

async function reply(page: Page, response: Response): Promise<void> {
  if (response.ok) {
    if (!page.get) return say(page, "The check is done. What you sent has not arrived: go back, and send it again.", "back");
    if (again()) return say(page, "Done. The page is loading.", "done");
    return say(page, "The check was passed, but your browser does not seem to keep its cookie. Allow cookies for this site, and try again.", "failed");
  }
  if ([403, 409, 410].includes(response.status)) {
    if (!page.get) return say(page, "This check is no longer good. Go back, and send it again to get a new one.", "back");
    if (again()) return say(page, "This check is no longer good. Loading a new one.", "done");
  }
  say(page, `The check was not accepted (${response.status}). Try again in a moment.`, "failed");
}

/** Works in a Worker; on this thread, in short slices, where there is none. */
function solve(page: Page, script: string): Promise<string> {
  return inWorker(page, script).catch(() => inSlices(page));
}

function inWorker(page: Page, script: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(script);
    worker.onerror = reject;
    worker.onmessage = ({ data }: MessageEvent<number | string>) => {
      if (typeof data === "number") return step(page, data);
      worker.terminate();
      resolve(data);
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
    await new Promise((resolve) => setTimeout(resolve));
  }
}
