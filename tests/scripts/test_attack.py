"""The attack of the demo: what it expects is what its policy says, and it notices when the story does not happen."""

import tomllib

import pytest

from harness import attack, stack


def policy() -> dict:
    return tomllib.loads((attack.POLICY / "outwork.toml").read_text())["policy"]


def test_it_runs_the_shipped_packs_with_limits_of_its_own():
    shipped = [pack.removeprefix("packs/") for pack in tomllib.loads((stack.POLICY / "outwork.toml").read_text())["policy"]["packs"]]
    own = [pack.removeprefix("../packs/") for pack in policy()["packs"]]
    assert own == [*(pack for pack in shipped if pack != "limits.toml"), "attack.toml"]


def test_it_expects_what_the_policy_says():
    limits = {limit["id"]: limit for limit in tomllib.loads((attack.POLICY / "attack.toml").read_text())["limit"]}
    address, device = limits["attack.login-per-ip"], limits["attack.login-per-device"]
    for limit in (address, device):
        count, _, unit = limit["refill"].partition("/")
        assert (limit["burst"], float(count) / {"s": 1, "min": 60}[unit]) == (attack.BURST, attack.REFILL)
        penalty = limit["penalty"]
        base = int(penalty["base"].removesuffix("s"))
        assert (base, base * penalty["factor"]) == attack.TERMS
        assert sum(attack.TERMS) + attack.AFTERWARDS < attack.LONGEST and attack.AFTERWARDS < base * penalty["factor"] ** 2
    stages = [verdict for verdict in attack.STAGES if verdict != "reached"]
    assert (address["ladder"], device["ladder"]) == (stages[:-1], stages), "who comes later can still pass a challenge"


def told(events: list[tuple[float, str]], person: list[tuple[float, str]]) -> attack.Story:
    """A story of guesses and of what the person met, each with its time."""
    story = attack.Story()
    for at, what in sorted([*events, *((at, f"person {what}") for at, what in person)]):
        if what.startswith("person "):
            story.person.append((what.removeprefix("person "), story.stages[-1].name))
        else:
            story.guess(what, at)
    return story


GUESSES = [*((0.1, "reached"),) * 10, *((1 + at / 5, "throttle") for at in range(50)), *((14 + at / 5, "challenge") for at in range(50)), *((39 + at / 5, "block") for at in range(50))]
PERSON = [(4, "refused"), (16, "challenged"), (17, "passed"), (17.1, "reached"), (41, "reached"), (46, "new: challenged"), (47, "new: passed"), (47.1, "new: reached")]


def test_a_story_that_happened_lacks_nothing():
    story = told(GUESSES, PERSON)
    assert [stage.name for stage in story.stages] == ["before", "slowed", "challenged", "shut out"]
    assert story.missing() == []
    assert attack.ended(story) == 0


@pytest.mark.parametrize(("guesses", "person", "missing"), [
    ([one for one in GUESSES if one[1] != "block"], PERSON, "nothing was ever shut out"),
    ([*GUESSES, (45.0, "reached")], PERSON, "a guess got through after that"),
    ([*GUESSES, *((2.0, "reached"),) * 30], PERSON, "guesses went on at speed while it was slowed"),
    (GUESSES, [one for one in PERSON if one[0] != 41], "the person did not sign in while those who guess were shut out"),
    (GUESSES, PERSON[:-1], "somebody new did not get through by a challenge"),
    (GUESSES, [(16, "challenged"), (38, "gave up")], "the person was not challenged, or did not pass"),
])
def test_what_did_not_happen_is_named_and_fails(guesses, person, missing):
    story = told(guesses, person)
    assert missing in story.missing()
    assert attack.ended(story) == 1


def test_a_row_has_a_mark_for_each_guess():
    row = attack.Counter(reached=1, throttle=2, block=60)
    assert attack.bar(row).startswith("█▒▒××") and len(attack.bar(row)) == attack.WIDTH
