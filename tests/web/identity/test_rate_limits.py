"""Token buckets: never more than the burst plus what time gives back, in bounded memory."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alltid.kernel.clock import ManualClock
from alltid.web.identity.rate_limits import Rate, RateLimiter, address_key

NOW = ManualClock().now()


def test_a_burst_then_one_at_a_time() -> None:
    limiter = RateLimiter(Rate(3, 10.0))
    assert [limiter.take("a", NOW) for _ in range(4)] == [0, 0, 0, 10]
    assert limiter.take("b", NOW) == 0
    later = NOW + timedelta(seconds=4)
    assert limiter.take("a", later) == pytest.approx(6)
    assert limiter.take("a", later + timedelta(seconds=6)) == 0
    limiter.forget("a")
    assert limiter.take("a", later) == 0


@given(
    st.integers(1, 20),
    st.floats(0.1, 60),
    st.lists(st.floats(-100, 100), max_size=60),
)
def test_never_more_than_the_rate_allows(
    burst: int, seconds_each: float, steps: list[float]
) -> None:
    limiter, moment, allowed, passed = RateLimiter(Rate(burst, seconds_each)), NOW, 0, 0.0
    for step in steps:
        moment += timedelta(seconds=step)
        passed += max(0.0, step)
        wait_seconds = limiter.take("a", moment)
        assert 0 <= wait_seconds <= seconds_each * (1 + 1e-6)
        allowed += wait_seconds == 0
    assert allowed <= burst + passed / seconds_each + 1e-6


def test_memory_is_bounded_and_the_busiest_are_remembered() -> None:
    limiter = RateLimiter(Rate(1, 60.0), keys_max=100)
    assert limiter.take("busy", NOW) == 0
    for number in range(1000):
        limiter.take(number, NOW)
        assert limiter.take("busy", NOW) > 0
    assert len(limiter) == 100


@pytest.mark.parametrize(
    ("host", "key"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("testclient", "testclient"),
    ],
)
def test_what_counts_as_one_address(host: str, key: str) -> None:
    assert address_key(host) == key
