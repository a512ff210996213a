"""What the script costs a page, in Chromium with its processor slowed down: prints JSON. `./scripts/bench browser` runs it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from chromium import launched, storm  # noqa: E402
from playwright.sync_api import Browser, Page  # noqa: E402
from stub import Stub  # noqa: E402

SLOWER = 4
ROUNDS = 5
MOVES = 300
FLUSHES = 12
LOADS = 20
# Clocks of a page tell 5 µs where nothing else shares its process, 100 µs otherwise.
ISOLATED = {"cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp"}
# Times every listener and every timer of the page, which has none but the script's, and `fetch` within them.
WATCH = """
window.spent = { pointermove: [], flush: [], fetch: [], long: [], other: [] };
let sent = false;
const timed = (name, run) => function (...all) {
  const before = performance.now();
  sent = false;
  try { return run.apply(this, all); } finally { (sent ? spent.flush : spent[name] ?? spent.other).push(performance.now() - before); }
};
const { addEventListener: add } = EventTarget.prototype;
EventTarget.prototype.addEventListener = function (type, run, options) {
  return add.call(this, type, typeof run === 'function' ? timed(type, run) : run, options);
};
const { setTimeout: later, fetch: get } = window;
window.setTimeout = (run, ...rest) => later(timed('timer', run), ...rest);
window.fetch = function (...all) {
  const before = performance.now();
  sent = true;
  try { return get.apply(this, all); } finally { spent.fetch.push(performance.now() - before); }
};
new PerformanceObserver((list) => spent.long.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask' });
"""


class Isolated(Stub):
    """The same site, its pages alone in their process."""

    def respond(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        """As the stub does, with two headers more."""
        status, fields, content = super().respond(method, path, headers, body)
        return status, {**fields, **ISOLATED}, content


def main() -> None:
    site = Isolated()
    try:
        with launched() as browser:
            print(json.dumps({"slower": SLOWER, "chromium": browser.version, **events(browser, site), "load": loads(browser, site)}))
    finally:
        site.close()


def slowed(browser: Browser) -> Page:
    """A page of a new profile on a slower processor."""
    page = browser.new_context().new_page()
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return page


def events(browser: Browser, site: Stub) -> dict[str, object]:
    """Rounds of milliseconds: of each handler of a real move, of each flush of 256 events, of the `fetch` in it, of long tasks."""
    page = slowed(browser)
    page.add_init_script(WATCH)
    page.goto(f"http://localhost:{site.port}/")
    assert page.evaluate("crossOriginIsolated")
    rounds = [one_round(page, site) for _ in range(ROUNDS)]
    page.context.close()
    return {"rounds": rounds, "bytes": max(len(raw) for raw in site.raw)}


def one_round(page: Page, site: Stub) -> dict[str, list[float]]:
    """What one round took. In the first, all code is interpreted still."""
    page.evaluate("for (const name in spent) spent[name].length = 0")
    for step in range(MOVES):
        page.mouse.move(20 + (step * 13) % 700, 20 + (step * 7) % 500)
    long = page.evaluate("spent.long.slice()")
    for _ in range(FLUSHES):
        storm(page, 256)
        page.wait_for_timeout(40)
    spent = page.evaluate("spent")
    # The storms of the flushes are the test's own, and so are their moves and long tasks.
    return {"moves": spent["pointermove"][:MOVES], "flush": spent["flush"], "fetch": spent["fetch"], "long": long}


def loads(browser: Browser, site: Stub) -> dict[str, list[float]]:
    """Milliseconds to the load event of the same page without and with the script, in turns, nothing in a cache."""
    found: dict[str, list[float]] = {"/plain": [], "/": []}
    for _ in range(LOADS):
        for path, taken in found.items():
            page = slowed(browser)
            page.goto(f"http://localhost:{site.port}{path}")
            taken.append(page.evaluate("performance.getEntriesByType('navigation')[0].loadEventStart"))
            page.context.close()
    return {"without": found["/plain"], "with": found["/"]}


if __name__ == "__main__":
    main()
