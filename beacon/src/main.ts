// What a page gets with one script tag: `window.outwork`, and nothing else.

import { begin, type Beacon } from "./beacon.ts";
import { post } from "./edge.ts";
import { onNavigation } from "./navigation.ts";

export interface Outwork {
  /** Starts recording. False where Global Privacy Control forbids it. */
  start(): boolean;
  /**
   * Ends recording, and forgets what was not sent. With `forget`, has the edge end the visitor's cookies too. Returns whether what was
   * asked for is done: a network that fails leaves the cookies.
   */
  stop(how?: { forget?: boolean }): Promise<boolean>;
  /** Whether it records. */
  readonly running: boolean;
}

declare global {
  interface Window {
    outwork?: Outwork;
  }
  interface Navigator {
    readonly globalPrivacyControl?: boolean;
  }
}

const tag = document.currentScript;
if (!window.outwork) {
  let beacon: Beacon | undefined;
  const outwork: Outwork = {
    start() {
      if (navigator.globalPrivacyControl) return false;
      beacon ??= begin({ watch: onNavigation, ended: () => (beacon = undefined) });
      return true;
    },
    async stop(how) {
      beacon?.stop();
      return !how?.forget || post("forget", null).then(({ ok }) => ok, () => false);
    },
    get running() {
      return !!beacon;
    },
  };
  window.outwork = outwork;
  if (tag?.dataset["start"] === "auto") outwork.start();
}
