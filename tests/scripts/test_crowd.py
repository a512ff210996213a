"""What the bench of limits compares with."""

from harness.crowd import Crowd, exact, windows


def test_an_exact_bucket_lets_its_burst_through_and_then_its_rate():
    assert exact([0.0] * 20, 10, 2.0) == 10
    assert exact([at / 10 for at in range(300)], 10, 2.0) == 10 + 59
    assert exact([float(at) for at in range(30)], 1, 2.0) == 30
    assert exact([], 1, 1.0) == 0


def test_a_window_begins_with_its_first_request():
    assert windows([0.0, 0.1, 0.2, 4.9, 5.0, 5.1, 5.2], 2, 5.0) == 4
    assert windows([3.0, 1.0, 2.0], 5, 1.0) == 3


def test_addresses_of_a_crowd_are_distinct():
    crowd = Crowd("many", "/", 1_000, 1.0, 1, 1.0, (11, 7))
    assert len({crowd.address(client) for client in range(1_000)}) == 1_000
    assert crowd.address(999) == "11.7.3.250"
