"""The engine's JA4 of a live hello is what Envoy says of the same connection."""

import json
import subprocess

import pytest
from clients.catalogue import CLIENTS
from harness import environment
from relay import Relay


@pytest.fixture(scope="module")
def relay(live):
    relay = Relay(live.envoy.ports.https)
    yield relay
    relay.close()


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)
def test_envoy_and_the_engine_agree(live, relay, client, tmp_path):
    if not client.there():
        pytest.skip(f"{client.program} is not on this machine")
    path = live.path()
    relay.hellos.clear()
    client.run(f"https://localhost:{relay.port}{path}", environment.PYTHON)
    decision = live.decision(path)
    file = tmp_path / "hello.bin"
    seen = []
    # A browser may open more connections than the one that carried the request.
    for hello in relay.hellos:
        file.write_bytes(hello)
        said = subprocess.run([live.made.outwork, "fingerprint", "--format", "json", file], capture_output=True, text=True)
        assert said.returncode == 0, said.stderr
        seen.append(json.loads(said.stdout))
    carried = [one for one in seen if one["envoy_ja4"] == decision.ja4]
    assert carried, f"Envoy says {decision.ja4}, outwork says {seen}"
    # Envoy 1.40 hashes the GREASE that Chrome since 152 has among its signature algorithms: only there may JA4 itself differ, in its last part.
    assert carried[0]["ja4"] == decision.ja4 or ("Chromium" in client.name and carried[0]["ja4"].rsplit("_", 1)[0] == decision.ja4.rsplit("_", 1)[0])
