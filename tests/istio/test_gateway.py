"""A gateway as Istio would configure it, in a real Envoy: the EnvoyFilter's patches applied, the plugin as pilot hands it over."""

import json
import subprocess
import time

import pytest
from istio import ISTIO, documents, patched
from harness import bench_config, certificate, decisions, edge
from harness.envoy import Envoy
from origin import Echo

LOG = "type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog"
INSPECTOR = "type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector"


def plugin(manifest, module):
    """The filter as pilot/pkg/model/extensions.go writes it: no vm_id, a variable of its own, the configuration as JSON text."""
    spec = manifest["spec"]
    if manifest["kind"] == "EnvoyFilter":
        # Istio's agent puts a file that it fetched in the place of the remote module.
        _, added = spec["configPatches"]
        made = json.loads(json.dumps(added["patch"]["value"]["typed_config"]))
        made["config"]["vm_config"]["code"] = {"local": {"filename": str(module)}}
        return made
    wasm = spec.get("wasm", spec)
    return {
        "@type": edge.FILTER,
        "config": {
            "name": f"{manifest['metadata']['namespace']}.{manifest['metadata']['name']}",
            "root_id": wasm["pluginName"],
            "failure_policy": wasm["failStrategy"],
            "configuration": {"@type": edge.STRING, "value": json.dumps(wasm["pluginConfig"])},
            "vm_config": {
                "runtime": "envoy.wasm.runtime.v8",
                "code": {"local": {"filename": str(module)}},
                "environment_variables": {
                    "key_values": {"ISTIO_META_WASM_PLUGIN_RESOURCE_VERSION": "1"},
                    "host_env_keys": [one["name"] for one in wasm["vmConfig"]["env"] if one["valueFrom"] == "HOST"],
                },
            },
        },
    }


def gateway(ports, filter, version, log, proxies):
    """Two listeners like those of a gateway, one with TLS, behind this many trusted proxies, and the patches on both."""
    made = bench_config.edge(ports, certificate.certificate(), filter)
    (patches,) = [document["spec"]["configPatches"] for document in documents(ISTIO / "connection.yaml")]
    for listener in made["static_resources"]["listeners"]:
        if "listener_filters" in listener:
            listener["listener_filters"] = [{"name": "envoy.filters.listener.tls_inspector", "typed_config": {"@type": INSPECTOR}}]
        for chain in listener["filter_chains"]:
            chain["filters"] = [one for one in chain["filters"] if "http_connection_manager" in one["name"]]
            text = {"text_format_source": {"inline_string": "%FILTER_STATE(wasm.outwork.record:PLAIN)%\n"}}
            config = {"@type": LOG, "path": str(log), "log_format": text}
            chain["filters"][0]["typed_config"]["xff_num_trusted_hops"] = proxies
            chain["filters"][0]["typed_config"]["access_log"] = [{"name": "envoy.access_loggers.file", "typed_config": config}]
        patched(listener, patches, version)
    return made


@pytest.fixture(params=["wasmplugin.yaml", "trafficextension.yaml", "envoyfilter.yaml"])
def manifest(request, rendered):
    return rendered[request.param]


@pytest.fixture
def started(made, tmp_path):
    """Starts gateways, and stops them."""
    running, echo = [], Echo()

    def start(manifest, version="1.29.0", proxies=0):
        ports = edge.Ports(origin=echo.port)
        file, log = tmp_path / "envoy.json", tmp_path / "records"
        file.write_text(json.dumps(gateway(ports, plugin(manifest, made.wasm), version, log, proxies)))
        running.append(Envoy(tmp_path, file, ports, env=edge.keys(), concurrency=1))
        running[-1].wait_ready()
        return running[-1], log

    yield start
    for envoy in running:
        envoy.stop()
    echo.close()


def record(log, url, *options):
    """The record of one request."""
    before = len(decisions.whole_lines(log)) if log.exists() else 0
    subprocess.run(["curl", "-skf", "-o", "/dev/null", *options, url], check=True)
    deadline = time.monotonic() + 60
    while len(lines := decisions.whole_lines(log)) == before:
        assert time.monotonic() < deadline, "no record"
        time.sleep(0.02)
    return json.loads(lines[-1])


def test_tls_facts_reach_the_filter(started, manifest):
    envoy, log = started(manifest)
    tls = record(log, f"https://localhost:{envoy.ports.https}/")
    assert tls["ja4_fingerprint_list"][0]["value"].startswith("t13d")
    assert {name: value for name, value in tls["tls"].items() if name != "ja3_hash"} == {"version": "TLSv1.3", "sni": "localhost"}
    assert len(tls["tls"]["ja3_hash"]["value"]) == 32
    plain = record(log, f"http://localhost:{envoy.ports.http}/")
    assert "tls" not in plain and "ja4_fingerprint_list" not in plain
    assert "[critical]" not in envoy.log.read_text()


def test_an_older_istio_has_ja4_without_the_version(started, rendered):
    envoy, log = started(rendered["wasmplugin.yaml"], "1.28.3")
    tls = record(log, f"https://localhost:{envoy.ports.https}/")
    assert tls["ja4_fingerprint_list"][0]["value"].startswith("t13d")
    assert "tls" not in tls


@pytest.mark.parametrize("proxies", [0, 1])
def test_the_client_address_is_the_one_that_trusted_proxies_name(started, rendered, proxies):
    envoy, log = started(rendered["wasmplugin.yaml"], proxies=proxies)
    url = f"http://localhost:{envoy.ports.http}/"
    own = record(log, url)["src_endpoint"]["uid"]
    named = record(log, url, "-H", "x-forwarded-for: 203.0.113.9")["src_endpoint"]["uid"]
    assert (named != own) == (proxies == 1)


def test_bodies_are_read_where_the_manifest_can_ask_for_them_and_refused_at_once_where_not(started, manifest):
    envoy, _ = started(manifest)
    argv = ["curl", "-sk", "--http1.1", "-m", "60", "-o", "/dev/null", "-w", "%{http_code}", "-H", "content-type: application/octet-stream", "--data-binary", "x" * 100]
    status = subprocess.run([*argv, f"https://localhost:{envoy.ports.https}/.well-known/outwork/beacon"], capture_output=True, text=True, check=True).stdout
    assert (status == "503") == (manifest["kind"] != "EnvoyFilter"), status
    script = subprocess.run([*argv[:9], f"https://localhost:{envoy.ports.https}/.well-known/outwork/beacon.js"], capture_output=True, text=True, check=True).stdout
    assert script == "200"
