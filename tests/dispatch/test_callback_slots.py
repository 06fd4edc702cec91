"""Which quarter-hours are free: those in which every booking still finds an agent of its own."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alltid.dispatch.callback_slots import (
    AHEAD,
    LANGUAGES_A_QUARTER,
    QUARTER,
    SLOTS_SHOWN,
    SOONEST,
    WEEK,
    Expected,
    Online,
    OpeningHours,
    expected,
    fits,
    free,
    opening_hours,
    quarters,
)

# A Monday.
NOW = datetime(2026, 3, 2, 8, 7, tzinfo=UTC)
SV, DE, BOTH = frozenset({"sv"}), frozenset({"de"}), frozenset({"sv", "de"})
NEVER = opening_hours("", UTC, 1)
ALL_DAY = opening_hours("mon-sun 00:00-24:00", UTC, 2)


def test_quarters_begin_soon_and_end_in_three_days() -> None:
    found = quarters(NOW)
    assert found[0] == datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
    assert found[0] - NOW >= SOONEST
    assert found[-1] <= NOW + AHEAD < found[-1] + QUARTER
    assert all(later - one == QUARTER for one, later in itertools.pairwise(found))


def test_opening_hours_count_in_their_own_zone() -> None:
    hours = opening_hours("mon-fri 09:00-17:00, sat 10:00-10:30", ZoneInfo("Europe/Stockholm"), 1)
    assert hours.includes(datetime(2026, 3, 2, 8, 0, tzinfo=UTC))
    assert not hours.includes(datetime(2026, 3, 2, 7, 45, tzinfo=UTC))
    assert hours.includes(datetime(2026, 3, 2, 15, 45, tzinfo=UTC))
    assert not hours.includes(datetime(2026, 3, 2, 16, 0, tzinfo=UTC))
    # Summer time begins on 29 March.
    assert hours.includes(datetime(2026, 3, 30, 7, 0, tzinfo=UTC))
    assert hours.includes(datetime(2026, 3, 7, 9, 15, tzinfo=UTC))
    assert not hours.includes(datetime(2026, 3, 7, 9, 30, tzinfo=UTC))


@pytest.mark.parametrize("text", ["09-17", "mon 17:00-09:00", "fri-mon 09:00-10:00", "day 09:00-10:00", "mon 09:00-25:00"])  # fmt: skip  # noqa: E501
def test_hours_that_say_nothing_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"form|before"):
        opening_hours(text, UTC, 1)


def test_without_a_past_the_opening_hours_count() -> None:
    for since in (None, NOW - timedelta(days=6)):
        there = expected(NOW, (), since, ALL_DAY, BOTH)
        assert set(there) == set(quarters(NOW))
        assert there[quarters(NOW)[0]].able(SV) == 2
        assert there[quarters(NOW)[0]].able(frozenset({"it"})) == 0
    assert expected(NOW, (), None, NEVER, BOTH) == {}


def test_whoever_was_there_in_every_week_is_expected_again() -> None:
    noon = datetime(2026, 3, 3, 12, tzinfo=UTC)

    def week(ago: int, minutes: int, languages: frozenset[str]) -> Online:
        begins = noon - WEEK * ago
        return Online(begins, begins + timedelta(minutes=minutes), languages)

    sessions = [week(1, 50, SV), week(2, 30, SV), week(2, 15, DE), week(1, 10, BOTH)]
    since = NOW - timedelta(days=15)
    there = expected(NOW, sessions, since, ALL_DAY, BOTH)
    assert there[noon].able(SV) == 1
    # Half a person is nobody.
    assert there[noon].able(DE) == 0
    assert there[noon].able(BOTH) == 1
    assert there[noon + QUARTER].able(SV) == 1
    # Fifty minutes fill three quarters, and only once in two weeks.
    assert there[noon + 2 * QUARTER].able(SV) == 0
    assert noon + 3 * QUARTER not in there
    assert noon - QUARTER not in there


def test_sessions_over_the_edge_of_what_may_be_booked_count_within_it() -> None:
    first, last = quarters(NOW)[0], quarters(NOW)[-1]
    long = Online(first - WEEK - timedelta(hours=9), last - WEEK + timedelta(hours=9), SV)
    beyond = Online(NOW - timedelta(days=20), NOW - timedelta(days=19), SV)
    since = NOW - timedelta(days=8)
    assert set(expected(NOW, [long, beyond], since, NEVER, SV)) == set(quarters(NOW))


def test_no_two_customers_get_one_agent() -> None:
    one_of_each = Expected({SV: 1, BOTH: 1}, 1)
    assert fits(one_of_each, [], "de")
    assert fits(one_of_each, ["sv"], "de")
    assert fits(one_of_each, ["sv"], "sv")
    # The one who speaks German is needed for the other.
    assert not fits(one_of_each, ["de"], "de")
    assert not fits(one_of_each, ["de", "sv"], "sv")
    assert not fits(one_of_each, [], "it")
    assert not fits(Expected({}, 0), [], "sv")
    many = Expected({frozenset("abcdefgh"): 50}, 1)
    assert not fits(many, list("abcdef")[:LANGUAGES_A_QUARTER], "g")


LANGUAGES = st.sampled_from(["sv", "de", "it"])
AGENTS = st.lists(st.frozensets(LANGUAGES, min_size=1), max_size=5)


@given(AGENTS, st.lists(LANGUAGES, max_size=6))
def test_whatever_fits_can_be_shared_out(agents: list[frozenset[str]], wishes: list[str]) -> None:
    seen: dict[frozenset[str], int] = {}
    for agent in agents:
        seen[agent] = seen.get(agent, 0) + 1
    booked: list[str] = []
    for wish in wishes:
        could = can_be_shared_out(agents, [*booked, wish])
        assert fits(Expected(seen, 1), booked, wish) == could
        if could:
            booked.append(wish)


def can_be_shared_out(agents: Sequence[frozenset[str]], wishes: Sequence[str]) -> bool:
    if not wishes:
        return True
    return any(
        wishes[0] in agent and can_be_shared_out([*agents[:n], *agents[n + 1 :]], wishes[1:])
        for n, agent in enumerate(agents)
    )


def test_free_quarters_are_shown_soonest_first_and_bounded() -> None:
    there = expected(NOW, (), None, OpeningHours(ALL_DAY.spans, UTC, 1), SV)
    first, second = quarters(NOW)[:2]
    shown = free(there, {first: ["sv"]}, "sv", NOW)
    assert shown[0] == second
    assert len(shown) == SLOTS_SHOWN
    assert shown == sorted(shown)
    assert free(there, {}, "sv", NOW + AHEAD) == []
