"""Records held to what OCSF and Elastic publish. Nothing is fetched: the PyPI package `ocsf-json-schema` and the npm package `@elastic/ecs` carry the definitions."""

from __future__ import annotations

import functools
import ipaddress
import json
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any, Callable

from harness import environment
from jsonschema import Draft202012Validator
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

HERE = Path(__file__).resolve().parent
OCSF = "1.8.0"
PROFILE = "security_control"

Json = dict[str, Any]


def faults(record: Json) -> list[str]:
    """What is wrong with a record, by the schema that it claims."""
    return ecs_faults(record) if "@timestamp" in record else ocsf_faults(record)


def ocsf_faults(record: Json) -> list[str]:
    """By the JSON Schema of the class, and by the rules of OCSF that a JSON Schema cannot say."""
    found = [f"{'/'.join(map(str, error.absolute_path)) or 'record'}: {error.message}" for error in _ocsf_validator().iter_errors(record)]
    metadata = record.get("metadata", {})
    if (metadata.get("version"), metadata.get("profiles")) != (OCSF, [PROFILE]):
        found.append(f"claims OCSF {metadata.get('version')} with {metadata.get('profiles')}")
    if record.get("type_uid") != record.get("class_uid", 0) * 100 + record.get("activity_id", 0):
        found.append("type_uid is not made of class_uid and activity_id")
    return found + list(_siblings(record, _ocsf()["classes"]["http_activity"]["attributes"], ""))


def _siblings(object_: Json, attributes: Json, where: str) -> Any:
    """A number of an enumeration goes with its caption; 99, which is `Other`, with the word of the source."""
    for name, value in object_.items():
        attribute = attributes.get(name, {})
        caption = attribute.get("enum", {}).get(str(value), {}).get("caption") if isinstance(value, int) else None
        sibling = object_.get(attribute.get("sibling"))
        # A type's name is made of the activity's caption.
        other = value == 99 and name != "type_uid"
        if caption and not sibling:
            yield f"{where}{name} {value} stands without {attribute.get('sibling')}"
        elif caption and not other and sibling != caption:
            yield f"{where}{name} {value} is `{caption}`, not `{sibling}`"
        for inside in value if isinstance(value, list) else [value]:
            if isinstance(inside, dict) and attribute.get("object_type") in _ocsf()["objects"]:
                yield from _siblings(inside, _ocsf()["objects"][attribute["object_type"]]["attributes"], f"{where}{name}/")


@functools.cache
def _ocsf() -> Json:
    return get_ocsf_schema(version=OCSF)


@functools.cache
def _ocsf_validator() -> Draft202012Validator:
    schema = OcsfJsonSchemaEmbedded(_ocsf()).get_class_schema(class_name="http_activity", profiles=[PROFILE])
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def ecs_faults(record: Json) -> list[str]:
    """By the field definitions: every field is there, and of the type, shape and words that it has. Only `outwork.*` is ours."""
    version, fields = ecs_fields()
    flat = dict(_leaves(record))
    found = [f"`{name}` is missing" for name in ("@timestamp", "ecs.version", "event.kind", "event.category", "event.type", "event.outcome") if name not in flat]
    if flat.get("ecs.version") != version:
        found.append(f"claims ECS {flat.get('ecs.version')}")
    for name, value in flat.items():
        if name.startswith("outwork."):
            continue
        if name not in fields:
            found.append(f"ECS has no field `{name}`")
        else:
            found += [f"{name}: {fault}" for fault in _value_faults(fields[name], value)]
    return found + _type_faults(fields, flat)


def _leaves(value: Json, path: str = "") -> Any:
    for name, inside in value.items():
        if isinstance(inside, dict):
            yield from _leaves(inside, f"{path}{name}.")
        else:
            yield f"{path}{name}", inside


# What a text of these types has to be.
FORMS: dict[str, Callable[[str], object]] = {"date": datetime.fromisoformat, "ip": ipaddress.ip_address}
# JSON types of the types that Elasticsearch would index them by.
TYPES: dict[str, tuple[type, ...]] = {
    "keyword": (str,), "wildcard": (str,), "match_only_text": (str,), "constant_keyword": (str,), "date": (str,), "ip": (str,),
    "long": (int,), "float": (int, float), "boolean": (bool,),
}


def _value_faults(field: Json, value: Any) -> list[str]:
    if ("array" in field["normalize"]) != isinstance(value, list):
        return ["a list is wanted" if "array" in field["normalize"] else "no list is wanted"]
    found, allowed = [], {one["name"] for one in field.get("allowed_values", [])}
    for one in value if isinstance(value, list) else [value]:
        if not isinstance(one, TYPES[field["type"]]) or (isinstance(one, bool) and field["type"] != "boolean"):
            found.append(f"{one!r} is no {field['type']}")
        elif allowed and one not in allowed:
            found.append(f"`{one}` is none of {sorted(allowed)}")
        elif not _well_formed(field["type"], one):
            found.append(f"`{one}` is no {field['type']}")
        elif isinstance(one, str) and len(one) > field.get("ignore_above", len(one)):
            found.append("is longer than what is indexed")
    return found


def _well_formed(kind: str, value: Any) -> bool:
    try:
        FORMS.get(kind, str)(value)
    except ValueError:
        return False
    return True


def _type_faults(fields: Json, flat: Json) -> list[str]:
    """Each type goes with one of the categories, each category with one of the types."""
    expected = {one["name"]: set(one.get("expected_event_types", [])) for one in fields["event.category"]["allowed_values"]}
    categories, types = flat.get("event.category", []), flat.get("event.type", [])
    known = set().union(*(expected.get(category, set()) for category in categories)) if categories else set()
    wrong = [f"event.type `{one}` goes with none of {categories}" for one in types if one not in known]
    return wrong + [f"event.category `{one}` goes with none of {types}" for one in categories if not expected.get(one, set()) & set(types)]


@functools.cache
def ecs_fields() -> tuple[str, Json]:
    """The version of ECS, and its fields by name."""
    environment.node_packages(HERE)
    program = 'import ecs from "@elastic/ecs"; console.log(JSON.stringify([ecs.EcsVersion, ecs.EcsFlat]))'
    said = subprocess.run(["node", "--input-type=module", "-e", program], cwd=HERE, capture_output=True, text=True, check=True)
    version, fields = json.loads(said.stdout)
    return version, fields
