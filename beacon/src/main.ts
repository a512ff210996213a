// What a page gets with one script tag: `window.outwork`, and nothing else.

import { begin, type Beacon } from "./beacon.ts";

export interface Outwork {
  /** Starts recording. False where Global Privacy Control forbids it. */
  start(): boolean;
  /** Ends recording, and forgets what was not sent. */
  stop(): void;
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
      beacon ??= begin({ ended: () => (beacon = undefined) });
      return true;
    },
    stop() {
      beacon?.stop();
    },
    get running() {
      return !!beacon;
    },
  };
  window.outwork = outwork;
  if (tag?.dataset["start"] === "auto") outwork.start();
}
