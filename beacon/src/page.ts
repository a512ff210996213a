// The parts of the challenge page that its script writes to. The page is whole without them.

export interface Page {
  challenge: string;
  bits: number;
  /** Whether the challenged request can simply be made again. */
  get: boolean;
  status: HTMLElement | null;
  progress: HTMLProgressElement | null;
  retry: HTMLElement | null;
  back: HTMLElement | null;
  wait: HTMLElement | null;
}

export type State = "working" | "done" | "back" | "failed";

/** The page; nothing where it has no challenge. */
export function pageOf(document: Document): Page | undefined {
  const part = <Kind extends HTMLElement>(name: string): Kind | null => document.querySelector<Kind>(`#outwork-${name}`);
  const { challenge, bits, method = "GET" } = document.querySelector<HTMLElement>("#outwork")?.dataset ?? {};
  if (!challenge || !bits) return undefined;
  return {
    challenge, bits: Number(bits), get: method === "GET" || method === "HEAD",
    status: part("status"), progress: part("progress"), retry: part("retry"), back: part("back"), wait: part("wait"),
  };
}

/** Says something in the live region, and shows what can be done next. */
export function say(page: Page, text: string, state: State): void {
  if (page.status) page.status.textContent = text;
  show(page, state);
  // Whoever uses the keyboard stands on what there is to do; while it works, nothing takes the focus away.
  if (state === "back") page.back?.focus();
  if (state === "failed") page.retry?.focus();
}

export function show(page: Page, state: State): void {
  hide(page.progress, state !== "working");
  hide(page.retry, state !== "failed");
  hide(page.back, state !== "back");
  hide(page.wait, state !== "failed");
}

/** Shows the way without a script. */
export function offer(page: Page): void {
  hide(page.wait, false);
}

/** How likely it was to be done by now: a bar that always moves on, and never needs to be animated. */
export function step(page: Page, tried: number): void {
  if (page.progress) page.progress.value = 1 - Math.exp(-tried / 2 ** page.bits);
}

function hide(element: HTMLElement | null, hidden: boolean): void {
  if (element) element.hidden = hidden;
}
