"""Real browsers for `tests/live/capture`: each opens a page that does the rest. What a machine lacks is passed over."""

from __future__ import annotations

import hashlib
import os
import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

# How long a page needs for all of its requests on a busy machine.
SECONDS = 9

# A window of WebKitGTK, the engine of GNOME's browser, for Python with GObject introspection.
WEBKIT = """
import sys, gi
gi.require_version("Gtk", "3.0"); gi.require_version("WebKit2", "4.1")
from gi.repository import GLib, Gtk, WebKit2
context = WebKit2.WebContext.new_ephemeral()
context.get_website_data_manager().set_tls_errors_policy(WebKit2.TLSErrorsPolicy.IGNORE)
view = WebKit2.WebView.new_with_context(context)
window = Gtk.Window(); window.add(view); window.show_all(); view.load_uri(sys.argv[1])
GLib.timeout_add_seconds(int(sys.argv[2]), Gtk.main_quit); Gtk.main()
"""


def visit(url: str, times: int, scratch: Path, certificate: Path) -> Iterator[tuple[str, str]]:
    """Opens `url` with each browser: its name, and the part of the path by which its requests are known."""
    with display(scratch) as shown:
        for number in range(times):
            for name, open_ in BROWSERS.items():
                path = f"{name}-{number}"
                if open_(f"{url}/{path}/", number, scratch, certificate, shown):
                    yield name, path


@contextmanager
def display(scratch: Path) -> Iterator[dict[str, str]]:
    """An X server of our own, where there is one to start."""
    if not shutil.which("Xvfb"):
        yield {}
        return
    number = 90 + os.getpid() % 900
    with subprocess.Popen(["Xvfb", f":{number}", "-screen", "0", "1366x768x24"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            time.sleep(1)
            yield {"DISPLAY": f":{number}"}
        finally:
            server.terminate()


def chromium(url: str, number: int, scratch: Path, certificate: Path, shown: dict[str, str]) -> bool:
    """With a window: without one it says that it is headless."""
    if not shown or not shutil.which("chromium"):
        return False
    languages = ("en-US", "de-DE", "pt-BR", "ja")[number % 4]
    # Sessions are resumed in every other profile: that changes the hello.
    profile = scratch / f"chromium-{number // 2}"
    options = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--ignore-certificate-errors", f"--user-data-dir={profile}", f"--lang={languages}"]
    return _opened(["chromium", *options, url], {**shown, "LANG": "C.UTF-8"})


def phone(url: str, number: int, scratch: Path, certificate: Path, shown: dict[str, str]) -> bool:
    """Chromium as the phone that its developer tools emulate, hints and all."""
    if not shutil.which("chromium"):
        return False
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        major = browser.version.partition(".")[0]
        agent = f"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{major}.0.0.0 Mobile Safari/537.36"
        context = browser.new_context(ignore_https_errors=True, user_agent=agent, is_mobile=True, has_touch=True, viewport={"width": 412, "height": 915})
        context.new_page().goto(url)
        time.sleep(SECONDS)
        browser.close()
    return True


def headless(url: str, number: int, scratch: Path, certificate: Path, shown: dict[str, str]) -> bool:
    """Playwright's Chromium as it comes: a program, which says so."""
    if not shutil.which("chromium"):
        return False
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        # Half of those who hide it change the user agent alone.
        lie = {"user_agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36"} if number % 2 else {}
        context = browser.new_context(ignore_https_errors=True, **lie)
        context.new_page().goto(url)
        time.sleep(SECONDS)
        browser.close()
    return True


def firefox(url: str, number: int, scratch: Path, certificate: Path, shown: dict[str, str]) -> bool:
    """Without a window it says the same as with one."""
    if not shutil.which("firefox-esr"):
        return False
    profile = scratch / f"firefox-{number}"
    profile.mkdir()
    # Some people resist fingerprinting, ask not to be tracked, or send the Global Privacy Control.
    wishes = ({}, {"privacy.resistFingerprinting": "true"}, {"privacy.globalprivacycontrol.enabled": "true", "privacy.donottrackheader.enabled": "true"})[number % 3]
    (profile / "user.js").write_text("".join(f'user_pref("{name}", {value});\n' for name, value in {"browser.shell.checkDefaultBrowser": "false", **wishes}.items()))
    # As if somebody had accepted the self-signed certificate: it is no authority of its own.
    printed = hashlib.sha256(ssl.PEM_cert_to_DER_cert(certificate.read_text())).hexdigest().upper()
    colons = ":".join(printed[at : at + 2] for at in range(0, 64, 2))
    (profile / "cert_override.txt").write_text(f"{urlsplit(url).netloc}:\tOID.2.16.840.1.101.3.4.2.1\t{colons}\t\n")
    return _opened(["firefox-esr", "--headless", "--no-remote", "--profile", str(profile), url], {})


def webkit(url: str, number: int, scratch: Path, certificate: Path, shown: dict[str, str]) -> bool:
    """WebKitGTK, whose TLS is its system's."""
    if not shown or subprocess.run(["/usr/bin/python3", "-c", "import gi; gi.require_version('WebKit2', '4.1')"], capture_output=True).returncode:
        return False
    return _opened(["/usr/bin/python3", "-c", WEBKIT, url, str(SECONDS)], {**shown, "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1"}, SECONDS + 4)


def _opened(argv: list[str], env: dict[str, str], seconds: float = SECONDS) -> bool:
    """Runs a browser for as long as its page needs."""
    child = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, **env, "no_proxy": "*"}, start_new_session=True)
    try:
        child.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, 15)
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, 9)
            child.wait()
    return True


BROWSERS = {"chromium": chromium, "chromium-phone": phone, "playwright-chromium": headless, "firefox": firefox, "webkitgtk": webkit}

# Driven, and not hidden well enough to be taken for somebody's browser.
PROGRAMS = {"playwright-chromium"}
