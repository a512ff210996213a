"""The demo's policy is the shipped one with something added, and what its tour sends is what the page's script would."""

import json
import tomllib

from harness import blob, paths, stack


def test_the_demo_runs_every_pack_that_is_shipped():
    shipped, demo = (tomllib.loads((folder / "outwork.toml").read_text()) for folder in (stack.POLICY, stack.DEMO))
    packs = [pack.removeprefix("../") for pack in demo["policy"]["packs"]]
    assert packs == [*shipped["policy"]["packs"], "demo.toml"]
    assert demo["override"] == shipped["override"]
    assert demo["policy"]["lab"] and "lab" not in shipped["policy"]


def test_blobs_are_those_of_the_script():
    vectors = json.loads((paths.ROOT / "beacon/test/vectors.json").read_text())["vectors"]
    for vector in vectors:
        made = bytes.fromhex(vector["blob"])
        assert blob.siphash128(bytes.fromhex(vector["key"]), made[:-16]) == made[-16:], vector["name"]


def test_heads_and_clicks_are_encoded_as_the_script_does():
    (vector,) = [one for one in json.loads((paths.ROOT / "beacon/test/vectors.json").read_text())["vectors"] if one["name"] == "a movement and a click"]
    key = bytes.fromhex(vector["key"])
    made = blob.blob(key, vector["sequence"], vector["clock"], [blob.move(16, 0, 0)], vector["environment"])
    assert made[:13] == bytes.fromhex(vector["blob"])[:13]
    assert blob.press(130, 128, (12, -30))[-3:] == bytes.fromhex("800ce2")
    assert (blob.zigzag(-8), blob.varint(300)) == (15, b"\xac\x02")
