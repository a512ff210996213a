"""The manifests against the schemas that Istio publishes, and `render` against what it may be given."""

import base64
import hashlib
import json
import re
import subprocess

import jsonschema
import pytest
import yaml
from istio import HERE, ISTIO, documents

SCHEMAS = {(one["apiVersion"], one["kind"]): one["schema"] for one in yaml.safe_load_all((HERE / "schemas.yaml").read_text())}
TEMPLATES = ("wasmplugin.yaml", "trafficextension.yaml")


def strict(schema):
    """The schema with unknown fields refused, where the cluster would silently drop them."""
    if isinstance(schema, list):
        return [strict(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: strict(value) for key, value in schema.items()}
    open_ended = made.get("x-kubernetes-preserve-unknown-fields") or "additionalProperties" in made
    if made.get("type") == "object" and "properties" in made and not open_ended:
        made["additionalProperties"] = False
    return made


def check(document):
    schema = strict(SCHEMAS[document["apiVersion"], document["kind"]])
    schema["properties"] |= {key: {"type": "object" if key == "metadata" else "string"} for key in ("apiVersion", "kind", "metadata")}
    jsonschema.Draft202012Validator(schema).validate(document)


@pytest.mark.parametrize("name", ["connection.yaml", "envoyfilter.yaml", *TEMPLATES])
def test_istio_accepts_the_manifest(name, rendered):
    found = [rendered[name]] if name in rendered else documents(ISTIO / name)
    assert found
    for document in found:
        check(document)


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_schema_would_notice_a_misspelled_field(name, rendered):
    document = rendered[name]
    document["spec"]["failureStrategy"] = "FAIL_RELOAD"
    with pytest.raises(jsonschema.ValidationError, match="failureStrategy"):
        check(document)


@pytest.mark.parametrize("name", TEMPLATES)
def test_bundle_module_and_checksum_are_in_their_places(name, rendered, made):
    spec = rendered[name]["spec"]
    wasm = spec.get("wasm", spec)
    assert base64.b64decode(wasm["pluginConfig"]["bundle"]) == made.bundle.read_bytes()
    assert wasm["sha256"] == hashlib.sha256(made.wasm.read_bytes()).hexdigest()
    assert wasm["url"] == "https://artefacts.example/outwork_filter.wasm"
    assert wasm["vmConfig"]["env"] == [{"name": "OUTWORK_KEYS", "valueFrom": "HOST"}]


def test_the_envoy_filter_holds_the_same_and_asks_for_bodies(rendered, made):
    _, added = rendered["envoyfilter.yaml"]["spec"]["configPatches"]
    config = added["patch"]["value"]["typed_config"]["config"]
    assert config["allow_on_headers_stop_iteration"] is True
    assert json.loads(config["configuration"]["value"]) == {"client_address": "source", "bundle": base64.b64encode(made.bundle.read_bytes()).decode()}
    assert config["vm_config"]["code"]["remote"]["sha256"] == hashlib.sha256(made.wasm.read_bytes()).hexdigest()


def render(*arguments):
    return subprocess.run([ISTIO / "render", *arguments], capture_output=True, text=True)


def test_what_is_not_a_bundle_a_module_or_a_manifest_is_refused(made, tmp_path):
    junk = tmp_path / "junk"
    junk.write_text("junk")
    good = [ISTIO / "wasmplugin.yaml", made.bundle, made.wasm, "https://a.example/f.wasm"]
    for place, bad, says in [(0, junk, "no place `@module@`"), (1, junk, "not a policy bundle"), (2, junk, "not a WebAssembly module"), (1, tmp_path / "none", "No such file"), (3, 'a"b', "not a URL")]:
        ended = render(*good[:place], bad, *good[place + 1 :])
        assert (ended.returncode, ended.stdout) == (1, ""), place
        assert says in ended.stderr
    assert render().returncode == 64


def test_an_image_is_not_held_to_the_checksum_of_the_file(made):
    ended = render(ISTIO / "wasmplugin.yaml", made.bundle, made.wasm, "oci://registry.example/outwork:1")
    assert yaml.safe_load(ended.stdout)["spec"]["sha256"] == ""


def test_no_two_patches_are_for_one_version_of_istio():
    (document,) = documents(ISTIO / "connection.yaml")
    patterns = [patch["match"]["proxy"]["proxyVersion"] for patch in document["spec"]["configPatches"] if "proxy" in patch["match"]]
    assert len(patterns) == 2
    for version, matching in {"1.27.4": 0, "1.28.3": 1, "1.29.0": 1, "1.30.1": 1, "1.40.0": 1, "2.0.0": 1}.items():
        assert sum(bool(re.match(pattern, version)) for pattern in patterns) == matching, version
