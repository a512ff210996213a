// A page that reloads itself must not do so for ever: a browser that drops the cookie would be challenged again each time.

const NAME = "outwork";
const MOST = 3;
// A challenge is good for five minutes: between two that were passed and lie further apart there was a page without one.
const APART_MS = 360_000;

/** Whether cookies are kept at all. Browsers that block them block the session's storage too. */
export function cookies(): boolean {
  try {
    return navigator.cookieEnabled && !!sessionStorage;
  } catch {
    return false;
  }
}

/**
 * Reloads the page, unless it has been reloaded too often in a row, however long that took. A row ends where the visitor came by a link
 * or an address instead of a reload, or passed the last challenge too long ago for this one to follow from it.
 */
export function again(passed: boolean): boolean {
  const now = Date.now();
  const [count, last] = kept();
  const follows = !came() && !(passed && now - last > APART_MS);
  if (follows && count >= MOST) {
    sessionStorage.removeItem(NAME);
    return false;
  }
  sessionStorage.setItem(NAME, JSON.stringify([follows ? count + 1 : 1, now]));
  location.reload();
  return true;
}

function came(): boolean {
  const [how] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  return !!how && how.type !== "reload";
}

function kept(): number[] {
  try {
    const [count, last] = JSON.parse(sessionStorage.getItem(NAME)!);
    return [count | 0, +last];
  } catch {
    return [0, 0];
  }
}
