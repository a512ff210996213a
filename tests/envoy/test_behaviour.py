"""The tour's part on behaviour in a real Envoy: a session, batches, the same batch again, a challenge, its answer, the same answer again."""

import re
import subprocess

from conftest import ROOT
from harness import build, environment, process, shop, stack
from harness.edge import Ports

PROGRAM = [environment.PYTHON, "-m", "harness.behaviour"]


def test_a_session_is_observed_and_a_challenge_passed_once(made, tmp_path):
    demo = stack.Built(made.wasm, made.outwork, build.bundle(made.outwork, stack.DEMO, tmp_path / "demo.bundle"))
    ports = Ports(origin=process.free_port())
    with shop.shop(ports.origin, tmp_path / "shop.log"), stack.start(tmp_path, demo, ports) as envoy:
        toured = subprocess.run([*PROGRAM, str(envoy.ports.https)], cwd=ROOT / "scripts", capture_output=True, text=True)
        assert toured.returncode == 0, toured.stdout + toured.stderr
        assert re.search(r"\[204, 204, 204\]", toured.stdout), toured.stdout
        assert not envoy.traps()
