"""The self-signed certificate of the demo and the tests: for localhost, kept in .outwork/, renewed before it ends."""

from __future__ import annotations

import subprocess
from pathlib import Path

from . import paths, progress

DAYS = 365
RENEW_BEFORE = 24 * 3600
NAMES = "subjectAltName=DNS:localhost,DNS:shop.example,IP:127.0.0.1"


def certificate() -> Path:
    """The folder with cert.pem and key.pem."""
    folder = paths.STATE / "tls"
    cert, key = folder / "cert.pem", folder / "key.pem"
    if not (cert.exists() and key.exists() and _lasts(cert)):
        folder.mkdir(parents=True, exist_ok=True)
        progress.run(
            "Making a self-signed certificate",
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", str(DAYS),
             "-subj", "/CN=localhost/O=Outwork demo", "-addext", NAMES, "-keyout", key, "-out", cert],
            log="openssl",
        )
        key.chmod(0o600)
    return folder


def _lasts(cert: Path) -> bool:
    return subprocess.run(["openssl", "x509", "-in", cert, "-noout", "-checkend", str(RENEW_BEFORE)], capture_output=True).returncode == 0
