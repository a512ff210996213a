"""What must be on the machine before anything can be built or installed; all that is missing is said at once."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from . import environment, paths, progress
from .problem import Problem

NODE_MAJOR = 20
PYTHON = (3, 10)
# rustup installs here; a shell that has not read its profile again does not know it yet.
CARGO_BIN = Path(os.environ.get("CARGO_HOME", Path.home() / ".cargo")) / "bin"


def require(*, node: bool = True) -> None:
    """Raises one problem that lists everything missing, each with its remedy."""
    if CARGO_BIN.is_dir():
        os.environ["PATH"] += os.pathsep + str(CARGO_BIN)
    if environment.may_install():
        environment.programs(["cc", "openssl"])
    found = [_python(), _rust(), _openssl()] + ([_node()] if node else [])
    missing = [line for line in found if line]
    if missing:
        raise Problem("this machine lacks what Outwork needs:\n" + "\n".join(f"  - {line}" for line in missing))
    _targets()


def _python() -> str:
    if sys.version_info < PYTHON:
        return f"python3 is {sys.version.split()[0]}; {PYTHON[0]}.{PYTHON[1]} or newer is needed"
    try:
        import ensurepip  # noqa: F401  Debian ships it apart, and `python3 -m venv` fails without it.
        import venv  # noqa: F401
    except ImportError:
        return "python3 has no venv module: `apt-get install python3-venv`"
    return ""


def _rust() -> str:
    if not shutil.which("cargo"):
        return "cargo is not there: install Rust by rustup, https://rustup.rs"
    if not shutil.which("cc"):
        return "there is no C linker, which Rust needs: `apt-get install gcc libc6-dev`"
    return ""


def _openssl() -> str:
    return "" if shutil.which("openssl") else "openssl is not there: `apt-get install openssl`"


def _node() -> str:
    node = shutil.which("node")
    if not node:
        return f"node is not there: install Node {NODE_MAJOR} or newer, https://nodejs.org"
    said = subprocess.run([node, "--version"], capture_output=True, text=True).stdout.strip()
    version = re.match(r"v(\d+)", said)
    if not version or int(version[1]) < NODE_MAJOR:
        return f"node is {said or 'silent about its version'}; {NODE_MAJOR} or newer is needed"
    return ""


def _targets() -> None:
    """rust-toolchain.toml names toolchain and targets. rustup fetches the toolchain when it is first used; older ones forget targets."""
    if not shutil.which("rustup"):
        return
    help = "rustup needs the network once"
    if _rustup("toolchain", "list").find(_named("channel")[0]) < 0:
        progress.run("Installing the Rust toolchain", ["cargo", "--version"], log="rustup", help=help)
    installed = _rustup("target", "list", "--installed").split()
    missing = [target for target in _named("targets") if target not in installed]
    if missing:
        progress.run(f"Installing the Rust targets {', '.join(missing)}", ["rustup", "target", "add", *missing], log="rustup", help=help)


def _named(key: str) -> list[str]:
    line = re.search(rf"(?m)^{key} = (.*)$", (paths.ROOT / "rust-toolchain.toml").read_text())
    return re.findall(r'"([^"]+)"', line[1]) if line else []


def _rustup(*arguments: str) -> str:
    return subprocess.run(["rustup", *arguments], capture_output=True, text=True, cwd=paths.ROOT).stdout
