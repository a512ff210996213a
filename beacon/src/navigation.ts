// Navigation inside the page, as single-page applications do it.

/** Calls `moved` after each change of the page's entry in the history, until the signal aborts. */
export function onNavigation(moved: () => void, signal: AbortSignal): void {
  const { navigation } = window as { navigation?: EventTarget };
  // The Navigation API tells without a patch; before it, only a patched history does.
  if (navigation) navigation.addEventListener("currententrychange", moved, { signal });
  else {
    addEventListener("popstate", moved, { signal });
    for (const name of ["pushState", "replaceState"] as const) patch(name, moved, signal);
  }
}

/** Calls the page's own function, whoever has patched it before, and then `moved`. A patch made after ours stays where it is. */
function patch(name: "pushState" | "replaceState", moved: () => void, signal: AbortSignal): void {
  const before = history[name];
  const ours = function (this: History, ...parts: Parameters<History["pushState"]>): void {
    before.apply(this, parts);
    if (!signal.aborted) moved();
  };
  history[name] = ours;
  signal.addEventListener("abort", () => {
    if (history[name] === ours) history[name] = before;
  });
}
