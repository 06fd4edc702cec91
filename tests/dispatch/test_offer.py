"""One offer: it ends once, kindly, and two for one conversation have one winner."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alltid.dispatch.offer import (
    REASON_LIMIT,
    TAP_GRACE,
    Accept,
    Accepted,
    Command,
    Decline,
    Declined,
    Event,
    Expire,
    Expired,
    Make,
    Offer,
    Offered,
    Seen,
    Show,
    Stage,
    Terms,
    Withdraw,
    Withdrawal,
    Withdrawn,
    accept_one,
    decide,
    evolve,
)
from alltid.kernel.refusal import Refused

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
LATE = NOW + timedelta(seconds=20) + TAP_GRACE
TERMS = Terms("sv", "refund", 2, 9, 4500, "SEK", ({"sentence": "You were free."},))
MADE = Offered("c", "a", "s", "policy", TERMS, NOW + timedelta(seconds=20))
FINAL: tuple[Event, ...] = (
    Accepted(),
    Declined(None),
    Expired(seen=False),
    Withdrawn(Withdrawal.TAKEN),
)


def offer(*events: Event) -> Offer:
    state = evolve(Offer(), MADE)
    for event in events:
        state = evolve(state, event)
    return state


def test_it_is_made_once() -> None:
    assert decide(Offer(), Make(MADE), NOW) == (MADE,)
    assert decide(offer(), Make(MADE), NOW) == ()
    assert offer().stage is Stage.OPEN
    assert offer().version == 1


@pytest.mark.parametrize(
    "command", [Show(), Accept(), Decline(), Expire(), Withdraw(Withdrawal.TAKEN)]
)
def test_what_was_never_made_is_refused(command: Command) -> None:
    with pytest.raises(Refused, match="doesn't exist"):
        decide(Offer(), command, NOW)


def test_it_is_seen_once() -> None:
    assert decide(offer(), Show(), NOW) == (Seen(),)
    assert decide(offer(Seen()), Show(), NOW) == ()
    assert offer(Seen()).seen


def test_it_can_be_declined_with_or_without_a_reason() -> None:
    assert decide(offer(), Decline(), NOW) == (Declined(None),)
    assert decide(offer(), Decline("  a break "), NOW) == (Declined("a break"),)
    assert decide(offer(), Decline("  "), NOW) == (Declined(None),)
    with pytest.raises(Refused, match="200 characters"):
        decide(offer(), Decline("x" * (REASON_LIMIT + 1)), NOW)


@pytest.mark.parametrize("seen", [True, False])
def test_it_expires_after_its_time_and_a_tap_under_way(seen: bool) -> None:
    state = offer(Seen()) if seen else offer()
    before = LATE - timedelta(microseconds=1)
    assert decide(state, Expire(), before) == ()
    assert decide(state, Accept(), before) == (Accepted(),)
    assert decide(state, Expire(), LATE) == (Expired(seen),)
    with pytest.raises(Refused, match="time for this offer is up"):
        decide(state, Accept(), LATE)


def test_accepting_twice_is_accepting() -> None:
    assert decide(offer(Accepted()), Accept(), LATE) == ()


@pytest.mark.parametrize(
    ("event", "code", "words"),
    [
        (Declined(None), "offer_declined", "You declined"),
        (Expired(seen=True), "offer_expired", "time for this offer is up"),
        (Withdrawn(Withdrawal.TAKEN), "offer_withdrawn", "a moment faster"),
        (Withdrawn(Withdrawal.CUSTOMER_LEFT), "offer_withdrawn", "customer doesn't wait"),
        (Withdrawn(Withdrawal.SESSION_OVER), "offer_withdrawn", "offline"),
    ],
)
def test_who_comes_too_late_hears_the_truth_kindly(event: Event, code: str, words: str) -> None:
    with pytest.raises(Refused, match=words) as refused:
        decide(offer(event), Accept(), NOW)
    assert refused.value.code == code
    assert "costs you nothing" in refused.value.message


@pytest.mark.parametrize("event", FINAL)
@pytest.mark.parametrize("command", [Show(), Decline("late"), Expire(), Withdraw(Withdrawal.TAKEN)])
def test_what_is_over_stays_as_it_is(event: Event, command: Command) -> None:
    assert decide(offer(event), command, LATE) == ()


COMMANDS = st.sampled_from(
    [Show(), Accept(), Decline(), Expire(), Withdraw(Withdrawal.CUSTOMER_LEFT)]
)
STEPS = st.lists(st.tuples(st.sampled_from(["x", "y"]), COMMANDS, st.integers(0, 8)), max_size=12)


@given(STEPS)
def test_of_two_offers_at_most_one_wins_and_the_other_is_only_withdrawn(
    steps: list[tuple[str, Command, int]],
) -> None:
    offers = {"x": offer(), "y": offer()}
    now = NOW
    for key, command, seconds in steps:
        now += timedelta(seconds=seconds)
        try:
            if isinstance(command, Accept):
                events = accept_one(offers, key, now)
            else:
                events = {key: decide(offers[key], command, now)}
        except Refused:
            continue
        before = dict(offers)
        for each, made in events.items():
            for event in made:
                offers[each] = evolve(offers[each], event)
        for each in offers.keys() - {key}:
            # Whatever the other does, it can only withdraw, and only what was open.
            if offers[each] != before[each]:
                assert before[each].stage is Stage.OPEN
                assert offers[each].withdrawn is Withdrawal.TAKEN
        assert [each.stage for each in offers.values()].count(Stage.ACCEPTED) <= 1
        if any(each.stage is Stage.ACCEPTED for each in offers.values()):
            assert all(each.is_over for each in offers.values())


def test_the_second_to_accept_is_told_kindly() -> None:
    offers = {"x": offer(Accepted()), "y": offer()}
    with pytest.raises(Refused, match="in good hands"):
        accept_one(offers, "y", NOW)
    assert accept_one(offers, "x", NOW) == {"x": (), "y": (Withdrawn(Withdrawal.TAKEN),)}
