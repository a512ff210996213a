"""The configuration that runs is the configuration that is shipped."""

import json
import socket

import pytest
from harness import edge, process
from harness.problem import Problem


def test_only_ports_and_paths_differ_from_the_shipped_file(tmp_path):
    ports = edge.Ports(origin=1003, https=1001, http=1002, admin=1004)
    made = edge.configuration(tmp_path, ports, tmp_path / "tls").read_text()
    shipped = edge.TEMPLATE.read_text()
    assert "/etc/outwork" not in made.split("static_resources", 1)[1]
    differing = [(old, new) for old, new in zip(shipped.splitlines(), made.splitlines()) if old != new]
    assert len(shipped.splitlines()) == len(made.splitlines())
    assert all("port_value" in old or "/etc/outwork/" in old for old, _ in differing)


def test_a_template_that_lost_a_port_is_noticed(tmp_path):
    template = tmp_path / "envoy.yaml"
    template.write_text(edge.TEMPLATE.read_text().replace("8443", "9443"))
    with pytest.raises(AssertionError, match="8443"):
        edge.configuration(tmp_path, edge.Ports(origin=1), tmp_path, template)


def test_publishing_leaves_one_whole_file(tmp_path):
    file = edge.watched(tmp_path)
    edge.publish(file, edge.wasm(tmp_path / "x.wasm", "{}"), "7")
    response = json.loads(file.read_text())
    assert response["version_info"] == "7"
    assert [one.name for one in file.parent.iterdir()] == ["outwork.json"]


def test_a_taken_port_is_one_clear_message():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Problem, match=f"port {port} cannot be used") as problem:
            process.require_free(port, "--port")
        assert "--port" in problem.value.help
