"""The programs that the READMEs show for each framework, as they stand there, behind a real Envoy."""

from __future__ import annotations

import pytest
from asking import EARLY, MADE_UP, ORDER, captured, past, through
from conftest import ROOT, Stand
from programs import FRAMEWORKS, blocks, lines, program

EVERY = pytest.mark.parametrize("name", FRAMEWORKS)


@EVERY
def test_the_application_is_told_the_risk(stand: Stand, name: str) -> None:
    """Typed, with the rule that fired."""
    assert through(stand, name, "/?a=%2F&b") == (200, {"band": "medium", "reasons": ["shop.tool"]})


@EVERY
def test_past_the_edge_nobody_comes_in(stand: Stand, name: str) -> None:
    """Neither without a signature, nor with one that is made up or over something else."""
    taken = captured(stand, "/?a")
    changed = {**taken, "outwork-risk": taken["outwork-risk"].replace("medium", "low")}
    assert changed != taken
    for path in ("/?a", "/checkout"):
        for headers, reason in (({}, "missing"), (MADE_UP, "components"), (changed, "signature"), ({**taken, "host": "other.example"}, "signature")):
            status, said = past(stand, name, path, headers, *(["--data", ORDER] if path == "/checkout" else []))
            assert (status, said["reason"]) == (403, reason), path
    assert past(stand, name, "/?a", taken)[0] == 200


@EVERY
def test_a_payment_is_bound_to_its_body_and_comes_once(stand: Stand, name: str) -> None:
    """A refused one does not use it up."""
    assert through(stand, name, "/checkout", *paying(ORDER)) == (200, {"sold": ORDER})
    taken = captured(stand, "/checkout", *paying(ORDER))
    status, said = past(stand, name, "/checkout", taken, *paying(ORDER.replace("1", "9")))
    assert (status, said["reason"]) == (403, "digest")
    assert past(stand, name, "/checkout", taken, *paying(ORDER)) == (200, {"sold": ORDER})
    status, said = past(stand, name, "/checkout", taken, *paying(ORDER))
    assert (status, said["reason"]) == (403, "replayed")


@EVERY
def test_what_the_edge_saw_no_payment_in_sells_nothing(stand: Stand, name: str) -> None:
    """Though the framework calls the same handler: 403 by itself, without the words of the log, and the server lives on."""
    for _ in range(2):
        status, said = through(stand, name, "/checkout?gift", EARLY, *paying(ORDER))
        assert status == 403 and "checkout" not in str(said)
        # Express has a page of its own for what is thrown.
        assert name == "express" or said["reason"] == "transaction"
    assert through(stand, name, "/checkout", *paying(ORDER))[0] == 200


def test_the_page_shows_lines_that_run() -> None:
    """Three for each framework, each of a program above."""
    shown = {text.split("\n", 1)[0].strip("/# ").lower(): lines(text) for text in blocks(ROOT / "docs" / "origin.md") if text.startswith(("// ", "# "))}
    assert list(shown) == ["axum", "express", "hono", "fastapi", "flask", "django"]
    for name, three in shown.items():
        runs = (ROOT / "origin" / "rust" / "examples" / "axum.rs").read_text() if name == "axum" else program(name)
        assert len(three) == 3 and set(three) <= set(lines(runs)), name


def paying(order: str) -> tuple[str, ...]:
    """A body that no framework takes apart."""
    return ("-H", "content-type: text/plain", "--data", order)
