// A page that reloads itself must not do so for ever: a browser that drops the cookie would be challenged again each time.

const NAME = "outwork";
const MOST = 3;
const WITHIN_MS = 60_000;

/** Whether cookies are kept at all. Browsers that block them block the session's storage too. */
export function cookies(): boolean {
  try {
    return navigator.cookieEnabled && !!sessionStorage;
  } catch {
    return false;
  }
}

/** Reloads the page, unless it has just been reloaded too often. */
export function again(): boolean {
  const now = Date.now();
  const recent = [...times(), now].filter((time) => now - time < WITHIN_MS);
  if (recent.length > MOST) {
    sessionStorage.removeItem(NAME);
    return false;
  }
  sessionStorage.setItem(NAME, JSON.stringify(recent));
  location.reload();
  return true;
}

function times(): number[] {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(NAME) ?? "[]");
    return Array.isArray(kept) ? kept.filter(Number.isFinite) : [];
  } catch {
    return [];
  }
}
