"""The wait at each place of a line in several languages, and the pace that it is told by."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alltid.dispatch.line_waits import Crew, places
from alltid.dispatch.pace import PICKUP_PRIOR_SECONDS, STRETCH_MOST, Paces, learned, shrunk
from alltid.dispatch.wait_estimate import Pace, Wait, estimates, mean_and_deviation

NOTHING = (0.0, 0, 0.0, 0.0, 0)
LANGUAGES = ("en", "fi", "sv")
CREWS = st.lists(
    st.builds(
        lambda spoken, agents, slots, busy: Crew(
            spoken, agents, agents * slots, max(0, agents * slots - busy)
        ),
        st.none() | st.frozensets(st.sampled_from(LANGUAGES)),
        st.integers(1, 4),
        st.integers(1, 3),
        st.integers(0, 12),
    ),
    max_size=4,
)


@given(st.integers(0, 60), st.integers(1, 20), st.integers(0, 20))
def test_in_one_language_it_is_the_single_line(waiting: int, slots: int, free: int) -> None:
    free = min(free, slots)
    for spoken in (None, frozenset({"sv"})):
        found = places(["sv"] * waiting, [Crew(spoken, slots, slots, free)], Paces())
        shown = tuple(each.wait for each in found)
        assert shown == estimates(waiting, online=slots, free=free, pace=Pace())


@given(st.lists(st.sampled_from(LANGUAGES), max_size=40), CREWS)
def test_a_wait_is_shown_where_somebody_speaks_the_language_and_only_there(
    line: list[str], crews: list[Crew]
) -> None:
    for language, place in zip(line, places(line, crews, Paces()), strict=True):
        able = sum(crew.agents for crew in crews if crew.speaks(language))
        assert place.agents == able
        assert (place.expected is None) == (able == 0)


@given(st.lists(st.sampled_from(LANGUAGES), max_size=40), CREWS)
def test_behind_a_customer_of_the_same_language_nobody_is_told_less(
    line: list[str], crews: list[Crew]
) -> None:
    found = places(line, crews, Paces())
    for language in LANGUAGES:
        own = [
            each.expected for each, spoken in zip(found, line, strict=True) if spoken == language
        ]
        means = [each.mean_seconds for each in own if each]
        assert means == sorted(means)
        highs = [each.wait.high_seconds for each in own if each]
        assert highs == sorted(highs)


def test_a_long_line_in_another_language_is_in_the_way_only_of_who_shares_its_people() -> None:
    finns, swedes = Crew(frozenset({"fi"}), 2, 2, 0), Crew(frozenset({"sv"}), 2, 2, 0)
    both = Crew(frozenset({"fi", "sv"}), 2, 2, 0)
    line = [*["fi"] * 12, "sv"]
    apart = places(line, [finns, swedes], Paces())[-1]
    shared = places(line, [finns, swedes, both], Paces())[-1]
    assert apart.ahead == 0
    assert shared.ahead == pytest.approx(6)
    together = places(line, [both], Paces())[-1]
    assert together.ahead == 12
    assert together.expected
    assert together.expected.mean_seconds == mean_and_deviation(ahead=12, online=2, pace=Pace())[0]


def test_a_share_of_a_customer_ahead_is_a_share_of_their_wait() -> None:
    one = Crew(frozenset({"sv"}), 1, 1, 0)
    crews = [one, Crew(frozenset({"sv", "fi"}), 1, 1, 0)]
    place = places(["sv", "fi"], crews, Paces())[1]
    assert place.ahead == 0.5
    lower, upper = (mean_and_deviation(ahead=n, online=1, pace=Pace())[0] for n in (0, 1))
    assert place.expected
    assert place.expected.mean_seconds == pytest.approx((lower + upper) / 2)


def test_the_pace_of_a_language_is_its_own_the_more_was_seen_of_it() -> None:
    handled = [("sv", None, 60.0, 3_000), ("sv", "fraud", 600.0, 1_000), ("fi", None, 60.0, 2)]
    paces = learned(handled, [("sv", 9_000.0, 90), ("en", 100.0, 0)], NOTHING)
    assert paces.seen == 4_002
    assert paces.of("sv").handle_seconds == pytest.approx(195, abs=1)
    assert paces.of("sv").patience_seconds == pytest.approx((9_000 + 10 * 345) / 100, abs=10)
    assert paces.by_skill["sv", "fraud"].handle_seconds == pytest.approx(596, abs=1)
    # Two conversations move it a little; none leave it where the whole is.
    assert 150 < paces.of("fi").handle_seconds < paces.whole.handle_seconds
    assert paces.of("en").handle_seconds == paces.whole.handle_seconds
    assert paces.of("de") == paces.whole


def test_nothing_seen_leaves_what_is_usual() -> None:
    paces = learned([], [], NOTHING)
    assert paces.whole == Pace(pickup_seconds=PICKUP_PRIOR_SECONDS)
    assert shrunk(60, 0, 420) == 420


def test_an_estimate_that_was_wrong_mends_itself_within_bounds() -> None:
    mended = learned([], [], (50.0, 90, 3_000.0, 2_000.0, 40)).whole
    assert mended.pickup_seconds == pytest.approx(47)
    assert mended.stretch == pytest.approx((1.5 * 40 + 20) / 60)
    assert learned([], [], (0.0, 0, 1e9, 1.0, 1_000)).whole.stretch == STRETCH_MOST
    told = places(["sv"], [Crew(None, 1, 1, 0)], Paces(mended))[0].expected
    assert told
    assert told.mean_seconds == pytest.approx(420 * mended.stretch + 47)
    slow = Paces(Pace(pickup_seconds=80))
    assert places(["sv"], [Crew(None, 1, 1, 1)], slow)[0].wait == Wait(0, 180)
