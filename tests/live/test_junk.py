"""OUTWORK_JUNK requests (200,000) of random junk: no trap, no failure that is not an HTTP answer, no growth of memory after warm-up."""

import json
import os
import random
import re
import subprocess
from collections import Counter

import pytest
from harness import edge, environment, process, shop, stack

REQUESTS = int(os.environ.get("OUTWORK_JUNK", "200000"))
SEED = int(os.environ.get("OUTWORK_JUNK_SEED", "1"))
# The share of the requests that warms caches, pools and the VMs' memory up before the size is taken.
WARM_UP = 0.3
# What the process may grow by after warm-up: allocator noise. A leak of 100 bytes a request would be 14 MB.
GROWTH = 12 << 20
HERE = os.path.dirname(__file__)


@pytest.fixture(scope="module")
def junked(made, tmp_path_factory):
    """An Envoy before the demo shop. Its access log leads nowhere: 200,000 records are not what is looked at."""
    run = tmp_path_factory.mktemp("junk")
    (run / "log").mkdir()
    (run / "log" / "access.json").symlink_to("/dev/null")
    ports = edge.Ports(origin=process.free_port())
    with shop.shop(ports.origin, run / "shop.log"), stack.start(run, made, ports) as envoy:
        yield envoy


def test_junk(junked):
    counts, sizes = Counter(), []
    for part, (name, share) in enumerate(plan()):
        counts.update(SENDERS[name](junked, round(REQUESTS * share), SEED + part))
        sizes.append((counts["sent"], junked.memory()))
    print(f"{dict(counts)}\n" + "\n".join(f"{sent} requests, {size / 1e6:.1f} MB" for sent, size in sizes))

    assert counts["sent"] >= REQUESTS
    assert junked.running()
    assert not any(junked.stats(r"^wasm\..*vm_reload").values()), junked.log.read_text()[-3000:]
    assert junked.traps() == []
    assert counts["refused"] == counts["unanswered"] == 0, counts
    # 501 is Envoy's answer to a transfer coding it does not know; every other 5xx would be ours or the origin's.
    assert {name for name in counts if name.startswith("status 5")} <= {"status 501"}, counts
    assert counts["status 200"] > REQUESTS / 100, counts
    warm = next(size for sent, size in sizes if sent >= REQUESTS * WARM_UP)
    assert sizes[-1][1] - warm <= GROWTH, sizes
    answer = subprocess.run(["curl", "-sk", "-o", "/dev/null", "-w", "%{http_code}", f"https://localhost:{junked.ports.https}/health"], capture_output=True, text=True)
    assert answer.stdout == "200"


def plan():
    """Ten rounds of every sender, so that memory is looked at while all kinds of junk have passed."""
    shares = {"http/1.1 over TLS": 0.35, "plain http/1.1": 0.3, "h2": 0.2, "bytes": 0.15}
    return [(name, share / 10) for _ in range(10) for name, share in shares.items()]


def wrk(scheme):
    def send(envoy, requests, seed):
        """wrk runs for a time, not for a number: again until there are enough."""
        counts = Counter()
        port = envoy.ports.https if scheme == "https" else envoy.ports.http
        while counts["sent"] < requests:
            argv = ["wrk", "-t1", "-c16", "-d1s", "--timeout", "60s", "-s", f"{HERE}/junk.lua", f"{scheme}://localhost:{port}/", "--", str(seed)]
            said = subprocess.run(argv, capture_output=True, text=True, timeout=300)
            assert said.returncode == 0, said.stderr
            seed += 1000
            found = {f"status {status}": int(number) for status, number in re.findall(r"^status (\d+) (\d+)$", said.stdout, re.M)}
            counts.update(found)
            counts["sent"] += sum(found.values())
            connect, _, _, timeout = map(int, re.search(r"^errors connect (\d+) read (\d+) write (\d+) timeout (\d+)$", said.stdout, re.M).groups())
            counts["unanswered"] += connect + timeout
        return counts

    return send


def h2load(envoy, requests, seed):
    """Well-formed HTTP/2 with header sets that make no sense, 500 requests a set."""
    dice, counts = random.Random(seed), Counter()
    while counts["sent"] < requests:
        number = min(500, requests - counts["sent"])
        headers = [part for _ in range(dice.randint(0, 20)) for part in ("-H", f"{dice.choice(NAMES)}: {nonsense(dice)}")]
        argv = ["h2load", "-t1", "-c4", "-m8", f"-n{number}", *headers, f"https://localhost:{envoy.ports.https}/{dice.randbytes(dice.choice((0, 0, 4, 20))).hex()}"]
        said = subprocess.run(argv, capture_output=True, text=True, timeout=300).stdout
        done, errored, timeout = (int(re.search(rf"(\d+) {word}", said)[1]) for word in ("done", "errored", "timeout"))
        assert done == number, said
        counts["sent"] += number
        counts["unanswered"] += errored + timeout
        for status, first in zip(re.search(r"status codes: (\d+) 2xx, (\d+) 3xx, (\d+) 4xx, (\d+) 5xx", said).groups(), "2345"):
            if int(status):
                counts["status 200" if first == "2" else f"status {first}xx"] += int(status)
    return counts


def fuzzer(envoy, requests, seed):
    """Broken bytes: there need not be an answer, but no answer may be a server's error."""
    argv = [environment.PYTHON, f"{HERE}/fuzzer.py", *map(str, (envoy.ports.https, envoy.ports.http, requests, seed))]
    said = subprocess.run(argv, capture_output=True, text=True, timeout=1800)
    assert said.returncode == 0, said.stderr
    return Counter(json.loads(said.stdout))


def nonsense(dice):
    return "".join(chr(dice.randint(33, 126)) for _ in range(dice.choice((1, 2, 10, 80, 900))))


NAMES = ("user-agent", "accept", "accept-language", "cookie", "sec-ch-ua", "signature", "signature-input", "outwork-risk", "x-forwarded-for", "x-odd", "sec-fetch-mode")
SENDERS = {"http/1.1 over TLS": wrk("https"), "plain http/1.1": wrk("http"), "h2": h2load, "bytes": fuzzer}
