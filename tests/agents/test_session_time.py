"""The time that a session counts for, to the microsecond."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from alltid.agents.session_commands import (
    CheckSilence,
    Command,
    EndChat,
    GoOffline,
    HoldOffer,
    Pause,
    ReleaseOffer,
    Resume,
    SetCapacity,
    TakeChat,
)
from alltid.agents.session_events import (
    Capacity,
    Interval,
    Outcome,
    total,
    union,
)
from alltid.kernel.refusal import Refused
from tests.agents.sessions import (
    GUARANTEED,
    STANDBY,
    after,
    at,
    guaranteed_seconds,
    missed,
    session,
)


def test_every_second_online_counts_offers_or_not() -> None:
    assert guaranteed_seconds(session(), 0) == 0
    assert guaranteed_seconds(session(), 3600) == 3600
    assert guaranteed_seconds(missed(missed(session(), 0), 30), 100) == 100


def test_a_pause_stops_the_clock_but_not_with_a_customer_in_hand() -> None:
    state = session((100, Pause()), (160, Resume()))
    assert state.guaranteed(at(200)) == (Interval(at(0), at(100)), Interval(at(160), at(200)))
    state = session((90, TakeChat("c")), (100, Pause()), (130, EndChat("c")))
    assert guaranteed_seconds(state, 500) == 130


def test_three_chats_do_not_triple_the_clock() -> None:
    state = session((1, TakeChat("a")), (2, TakeChat("b")), (3, TakeChat("c")))
    assert guaranteed_seconds(state, 600) == 600


def test_standby_has_no_guaranteed_time() -> None:
    state = session((1, TakeChat("c")), capacity=STANDBY)
    assert state.guaranteed(at(600)) == ()


def test_a_silence_found_after_a_pause_takes_nothing_back() -> None:
    state = session((10, Pause()))
    assert guaranteed_seconds(after(state, CheckSilence(at(5)), 100), 500) == 10
    # The clock began after the last sign of life was noted.
    state = session((10, Pause()), (100, Resume()))
    assert guaranteed_seconds(after(state, CheckSilence(at(5)), 101), 500) == 10


SPANS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 20)).map(
        lambda span: Interval(at(span[0]), at(span[0] + span[1]))
    ),
    max_size=8,
)


@given(SPANS)
def test_a_union_covers_the_same_seconds_once(spans: list[Interval]) -> None:
    covered = {
        second for second in range(100) for each in spans if each.start <= at(second) < each.end
    }
    assert total(spans) == timedelta(seconds=len(covered))
    joined = union(spans)
    assert all(left.end < right.start for left, right in pairwise(joined))


@given(
    st.lists(
        st.tuples(
            st.integers(0, 50),
            st.sampled_from(
                [
                    Pause(),
                    Resume(),
                    TakeChat("c"),
                    EndChat("c"),
                    HoldOffer("o"),
                    ReleaseOffer("o", Outcome.EXPIRED_UNSEEN),
                    SetCapacity(GUARANTEED, ""),
                    GoOffline(hand_back=True),
                    GoOffline(),
                ]
            ),
        ),
        max_size=25,
    ),
    st.sampled_from(Capacity),
)
def test_guaranteed_time_is_what_a_second_by_second_count_finds(
    steps: list[tuple[int, Command]], capacity: Capacity
) -> None:
    state, second, counted = session(capacity=capacity), 0, 0
    for seconds, command in steps:
        if state.counts:
            counted += seconds
        second += seconds
        try:
            state = after(state, command, second)
        except Refused:
            continue
    assert guaranteed_seconds(state, second) == counted
