"""The shipped edge configuration in front of four small origins, the programs of the READMEs, each with a verifier, and one that only writes down what arrives."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "tests" / "live"), str(HERE)]

from harness import build, edge, environment, paths, process, stack  # noqa: E402
from harness.edge import Ports  # noqa: E402
from harness.envoy import Envoy  # noqa: E402
from origin import Echo  # noqa: E402
from programs import FRAMEWORKS, program  # noqa: E402

NODE = ROOT / "origin" / "node"
ORIGINS = ("axum", "node", "asgi", "wsgi")
ALL = """            - name: all
              domains: ["*"]
"""
CLUSTERS = "  clusters:\n"


@dataclass
class Stand:
    """An Envoy, what it leads to, and where that listens."""

    envoy: Envoy
    echo: Echo
    ports: dict[str, int]
    keys: str


def started(name: str, run: Path, port: int, env: dict[str, str]) -> process.Server:
    """One origin."""
    if name not in FRAMEWORKS:
        return process.Server(name, command(name, port), run / f"{name}.log", env=env)
    text = program(name)
    if "import {" in text:
        # There a program finds `outwork-origin`, and the frameworks that its tests have.
        return process.Server(name, ["node", "--input-type=module", "--eval", text], run / f"{name}.log", env=env | {"PORT": str(port), "NODE_ENV": "production"}, cwd=NODE)
    folder = run / name
    folder.mkdir()
    (folder / "shop.py").write_text(text)
    serve = ["uvicorn", "shop:app", "--port", str(port)] if "OutworkASGI" in text else ["gunicorn", "shop:app", "--bind", f"127.0.0.1:{port}"]
    return process.Server(name, [environment.origins(), "-m", *serve], run / f"{name}.log", env=env, cwd=folder)


def command(name: str, port: int) -> list[str | Path]:
    """How an origin of tests/origin is started."""
    servers = HERE / "servers"
    return {
        "axum": lambda: [build.axum_origin(), str(port)],
        "node": lambda: ["node", servers / "node.mjs", str(port)],
        "asgi": lambda: [environment.python(), servers / "asgi_app.py", str(port)],
        "wsgi": lambda: [environment.python(), servers / "wsgi_app.py", str(port)],
    }[name]()


def template(run: Path, ports: dict[str, int]) -> Path:
    """The shipped configuration with a virtual host and a cluster for each origin: `node.example` leads to Node's."""
    text = edge.TEMPLATE.read_text()
    hosts = "".join(f'            - {{name: {name}, domains: [{name}.example], routes: [{{match: {{prefix: /}}, route: {{cluster: {name}}}}}]}}\n' for name in ports)
    address = "{socket_address: {address: 127.0.0.1, port_value: %d}}"
    clusters = "".join(
        f"  - {{name: {name}, type: STATIC, connect_timeout: 1s, load_assignment: {{cluster_name: {name}, endpoints: [{{lb_endpoints: [{{endpoint: {{address: {address % port}}}}}]}}]}}}}\n"
        for name, port in ports.items()
    )
    for old, new in {ALL: hosts + ALL, CLUSTERS: CLUSTERS + clusters}.items():
        assert old in text, f"`{old}` is not in {edge.TEMPLATE}"
        # Both listeners have routes; one has written them down, the other refers to it.
        text = text.replace(old, new)
    path = run / "template.yaml"
    path.write_text(text)
    return path


@pytest.fixture(scope="session")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """Started once, stopped whatever happens."""
    run = tmp_path_factory.mktemp("origin")
    wasm, outwork = build.filter(), build.command()
    made = stack.Built(wasm, outwork, build.bundle(outwork, HERE / "policy", run / "policy.bundle"))
    secrets = edge.keys()
    # As who runs origins gets them: not the masters.
    given = edge.evidence_keys(outwork, secrets)
    environment.node_packages(NODE)
    ports = {name: process.free_port() for name in (*ORIGINS, *FRAMEWORKS)}
    echo, servers = Echo(), []
    try:
        env = {**given, "PYTHONPATH": str(ROOT / "origin" / "python")}
        for name, port in ports.items():
            servers.append(started(name, run, port, env))
        for server in servers:
            server.wait_until(lambda: process.listening(ports[server.name]))
        with stack.start(run, made, Ports(origin=echo.port), env=secrets, template=template(run, ports), concurrency=1) as envoy:
            yield Stand(envoy, echo, ports, given["OUTWORK_EVIDENCE_KEYS"])
    finally:
        for server in servers:
            server.stop()
        echo.close()
