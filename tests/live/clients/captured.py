"""The clients of `tests/live/capture`: each takes requests on standard input, or is run once a request. What a machine lacks is passed over."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

HERE = Path(__file__).resolve().parent

PYTHON = ("requests", "niquests", "cloudscraper", "httpx", "httpx:h2", "aiohttp", "urllib", "http-client", "urllib3", "httplib2", "mechanize", "pycurl", "scrapy")
MODULES = {"httpx": "httpx", "http-client": "http.client", "urllib": "urllib", "tls-client": "tls_client", "curl-cffi": "curl_cffi"}
NODE = ("fetch", "https", "http2", "axios", "got", "got-http2", "got-scraping", "node-fetch", "undici", "undici-h2", "superagent", "needle", "ky")
BUILT_IN = {"fetch", "https", "http2"}
IMITATED = {
    "curl-cffi": ("chrome99", "chrome110", "chrome116", "chrome120", "chrome124", "chrome131", "chrome136", "chrome142", "chrome99_android", "chrome131_android", "edge99", "edge101", "firefox133", "firefox144", "safari153", "safari170", "safari172_ios", "safari180", "safari184_ios", "safari260", "safari260_ios", "tor145"),
    "primp": ("chrome_144", "safari_26", "edge_145", "firefox_140"),
    "rnet": ("Chrome131", "Chrome136", "Edge131", "Firefox133", "Firefox136", "Safari18_5", "SafariIos18_1_1", "OkHttp4_12"),
    "tls-client": ("chrome_120", "firefox_120", "safari_16_0", "safari_ios_16_0", "okhttp4_android_13"),
}


@dataclass(frozen=True)
class Program:
    """A client: its name, its family (which no split may tear apart), how it is run, and on how many requests where it is not all."""

    name: str
    family: str
    argv: tuple[str, ...]
    many: str = "json"
    few: int = 0


def programs(interpreters: list[Path], node_modules: Path | None, scratch: Path) -> list[Program]:
    """Those that this machine has."""
    return [*_python(interpreters), *_node(node_modules, scratch), *_scripts(scratch), *_tools()]


def _python(interpreters: list[Path]) -> list[Program]:
    found = []
    for name in (*PYTHON, *(f"{library}:{target}" for library, targets in IMITATED.items() for target in targets)):
        library = name.partition(":")[0]
        module = MODULES.get(library, library)
        python = next((python for python in interpreters if _imports(python, module)), None)
        if python:
            found.append(Program(f"python-{name}", f"python-{library}", (str(python), str(HERE / "jobs.py"), name)))
    return found


def _node(node_modules: Path | None, scratch: Path) -> list[Program]:
    if not shutil.which("node"):
        return []
    # Packages are found beside the script that asks for them.
    script = scratch / "jobs.mjs"
    shutil.copy(HERE / "jobs.mjs", script)
    if node_modules:
        (scratch / "node_modules").symlink_to(node_modules)
    there = {name for name in NODE if name in BUILT_IN or node_modules and (node_modules / name.removesuffix("-h2").removesuffix("-http2")).exists()}
    return [Program(f"node-{name}", f"node-{name}", ("node", str(script), name)) for name in NODE if name in there]


def _scripts(scratch: Path) -> list[Program]:
    found = []
    if shutil.which("ruby"):
        found += [Program(f"ruby-{name}", f"ruby-{name}", ("ruby", str(HERE / "jobs.rb"), name)) for name in ("net-http", "open-uri", "httparty", "rest-client", "httpclient", "faraday")]
    if shutil.which("php"):
        found += [Program(f"php-{name}", f"php-{name}", ("php", str(HERE / "jobs.php"), name)) for name in ("curl", "stream")]
    if shutil.which("perl"):
        found += [Program(f"perl-{name}", f"perl-{name}", ("perl", str(HERE / "jobs.pl"), name)) for name in ("lwp", "tiny", "mojo")]
    if shutil.which("go") and _runs(["go", "build", "-o", scratch / "jobs-go", HERE / "jobs.go"]):
        found += [Program(f"go-{name}", "go-net-http", (str(scratch / "jobs-go"), name)) for name in ("default", "http1")]
    if shutil.which("java"):
        found += [Program(f"java-{name}", f"java-{name}", ("java", str(HERE / "Jobs.java"), name), many="lines") for name in ("httpclient", "httpclient1", "urlconnection")]
    return found


def _tools() -> list[Program]:
    header, data = "{-H header}", "{--data-raw body}"
    tools = [
        Program("curl", "curl", ("curl", "-sk", "-o", "/dev/null", "-X", "{method}", header, data, "{url}"), many="one"),
        Program("curl-http1", "curl", ("curl", "-sk", "--http1.1", "-o", "/dev/null", "-X", "{method}", header, data, "{url}"), many="one"),
        Program("curl-compressed", "curl", ("curl", "-sk", "--compressed", "--tls-max", "1.2", "-o", "/dev/null", "-X", "{method}", header, data, "{url}"), many="one"),
        Program("wget", "wget", ("wget", "-q", "--no-check-certificate", "--tries=1", "-O", "/dev/null", "--method={method}", "{--header header}", "{--body-data body}", "{url}"), many="one"),
        Program("aria2c", "aria2", ("aria2c", "-q", "--check-certificate=false", "--max-tries=1", "-d", "{scratch}", "-o", "x", "--allow-overwrite=true", "{--header header}", "{url}"), many="one"),
        Program("httpie", "httpie", ("http", "--verify=no", "--ignore-stdin", "{--raw body}", "{method}", "{url}", "{:header}"), many="one"),
        Program("ab", "ab", ("ab", "-n", "1", "{-H header}", "{url}"), many="one"),
        Program("h2load", "h2load", ("h2load", "-n", "1", "{-H header}", "{url}"), many="one"),
        Program("wrk", "wrk", ("wrk", "-c", "1", "-t", "1", "-d", "1s", "{-H header}", "{url}"), many="one", few=12),
    ]
    return [tool for tool in tools if shutil.which(tool.argv[0])]


def arguments(program: Program, job: dict, scratch: Path) -> list[str]:
    """A tool's command line for one request."""
    argv = []
    for part in program.argv:
        match part:
            case "{:header}":
                argv += [f"{name}:{value}" for name, value in job["headers"]]
            case _ if part.endswith(" header}"):
                argv += [piece for name, value in job["headers"] for piece in (part[1:-8], f"{name}: {value}")]
            case _ if part.endswith(" body}"):
                argv += [part[1:-6], job["body"]] if job["body"] is not None else []
            case _:
                argv.append(part.format(url=job["url"], method=job["method"], scratch=scratch))
    return argv


def run(program: Program, jobs: list[dict], scratch: Path, environment: dict[str, str]) -> str:
    """Sends every request. What the client said when it failed."""
    plain = [{name: job[name] for name in ("url", "method", "headers", "body")} for job in jobs]
    if program.many == "one":
        said = [_asked(arguments(program, job, scratch), "", environment) for job in plain]
        return "\n".join(said).strip()
    text = "".join(_block(job) for job in plain) if program.many == "lines" else "".join(f"{json.dumps(job)}\n" for job in plain)
    return _asked(list(program.argv), text, environment)


def _block(job: dict) -> str:
    body = [f"body:{job['body']}"] if job["body"] is not None else []
    return "\n".join([job["method"], job["url"], *(f"{name}:{value}" for name, value in job["headers"]), *body, "", ""])


def _asked(argv: list[str], text: str, environment: dict[str, str]) -> str:
    try:
        ended = subprocess.run(argv, input=text, capture_output=True, text=True, timeout=180, env=environment)
    except subprocess.TimeoutExpired:
        return f"{argv[0]} did not end"
    return ended.stderr


@lru_cache(maxsize=None)
def _imports(python: Path, module: str) -> bool:
    return _runs([python, "-c", f"import {module}"])


def _runs(argv: list) -> bool:
    return subprocess.run([str(part) for part in argv], capture_output=True).returncode == 0
