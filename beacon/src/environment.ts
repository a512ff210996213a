// What the page says of its browser, a bit each; docs/beacon.md says what each costs honest people. None of them names a
// browser, a screen or a font: what tells browsers of one kind apart from each other is not asked for.

const WINDOW_BORDER = 16;

/** All bits but that of the keyboard, which the recorder knows. They do not change while a page lives. */
export function environment(): number {
  const chromium = /Chrom(e|ium)\//.test(navigator.userAgent);
  const desktop = !/Mobile|Android/.test(navigator.userAgent);
  // A page zoomed out has more CSS pixels than its window has on the screen.
  const width = innerWidth * Math.min(1, devicePixelRatio);
  return bits(
    navigator.webdriver,
    "getCoalescedEvents" in PointerEvent.prototype,
    navigator.maxTouchPoints > 0,
    matchMedia("(pointer: fine)").matches,
    matchMedia("(hover: hover)").matches,
    !outerWidth || !outerHeight || outerWidth < Math.floor(width),
    !navigator.languages?.length,
    chromium && desktop && !navigator.plugins.length,
    Math.max(screen.width, screen.height) + WINDOW_BORDER < width,
    chromium && isSecureContext && !("userAgentData" in navigator),
  );
}

/** No pointer was seen since the page was loaded. */
export const NO_POINTER = 1 << 10;

function bits(...answers: boolean[]): number {
  return answers.reduce((sum, answer, place) => sum | (Number(!!answer) << place), 0);
}
