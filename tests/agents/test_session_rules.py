"""An online session: labelled before it starts, with slots that hold, paused only by rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alltid.agents.online_session import Ended
from alltid.agents.session_commands import (
    CheckSilence,
    Choose,
    Command,
    EndChat,
    GoOffline,
    GoOnline,
    HoldOffer,
    Pause,
    ReleaseOffer,
    Resume,
    SetCapacity,
    TakeChat,
)
from alltid.agents.session_events import (
    ChatEnded,
    ChatTaken,
    Choices,
    ChoicesChanged,
    Event,
    Fact,
    Interval,
    OfferReleased,
    Outcome,
    Paused,
    PausedBy,
    Promoted,
    Resumed,
    WentOffline,
)
from alltid.agents.session_rules import Session, decide, evolve, silence_ends_at
from alltid.kernel.refusal import Refused
from tests.agents.sessions import (
    CHOICES,
    GUARANTEED,
    STANDBY,
    START,
    after,
    at,
    guaranteed_seconds,
    missed,
    online,
    session,
)

# --- Going online ---


def test_a_session_begins_as_it_was_labelled() -> None:
    state = session()
    assert (state.online, state.capacity, state.rate_id) == (True, GUARANTEED, "rates-7")
    assert state.started_at == START
    assert decide(state, online(), at(1)) == ()


def test_nobody_is_put_on_standby_under_the_label_of_a_guarantee() -> None:
    with pytest.raises(Refused, match=r"standby by now.*Enough are online") as refused:
        decide(
            Session(),
            GoOnline("a", GUARANTEED, STANDBY, "Enough are online.", "r", CHOICES),
            START,
        )
    assert refused.value.code == "capacity_changed"
    better = GoOnline("a", STANDBY, GUARANTEED, "Needed.", "r", CHOICES)
    assert len(decide(Session(), better, START)) == 1


def test_a_guarantee_is_never_withdrawn_and_standby_may_become_one() -> None:
    with pytest.raises(Refused, match="never withdrawn"):
        decide(session(), SetCapacity(STANDBY, "Enough."), at(5))
    assert decide(session(), SetCapacity(GUARANTEED, "Needed."), at(5)) == ()
    state = session((60, SetCapacity(GUARANTEED, "Needed.")), capacity=STANDBY)
    assert decide(session(capacity=STANDBY), SetCapacity(GUARANTEED, "!"), at(1)) == (
        Promoted("!"),
    )
    assert guaranteed_seconds(state, 100) == 40


@pytest.mark.parametrize(
    ("choices", "code"),
    [
        (Choices(frozenset({"sv"}), slots=0), "bad_slots"),
        (Choices(frozenset({"sv"}), slots=4), "bad_slots"),
        (Choices(frozenset()), "no_language"),
        (Choices(frozenset(map(str, range(51)))), "too_many_choices"),
        (Choices(frozenset({"sv"}), {"fraud": 4}), "bad_level"),
    ],
)
def test_choices_have_bounds(choices: Choices, code: str) -> None:
    with pytest.raises(Refused) as refused:
        decide(Session(), online(choices=choices), START)
    assert refused.value.code == code


def test_choices_may_change_at_any_time() -> None:
    fewer = replace(CHOICES, slots=1, quiet_topics=frozenset({"fraud"}))
    assert decide(session(), Choose(fewer), at(1)) == (ChoicesChanged(fewer),)
    assert decide(session(), Choose(CHOICES), at(1)) == ()
    assert session((1, Choose(fewer))).slots_open == 1


# --- Slots ---


def test_slots_hold_for_offers_and_conversations_together() -> None:
    state = session((1, HoldOffer("o1")), (2, TakeChat("c1")), (3, HoldOffer("o2")))
    assert state.load == 3
    for command in (HoldOffer("o3"), TakeChat("c2")):
        with pytest.raises(Refused, match="All slots are taken"):
            decide(state, command, at(4))
    # An accepted offer becomes the conversation, in the same slot.
    state = after(state, TakeChat("c2", "o2"), 5)
    assert state.load == 3
    assert state.chats == {"c1", "c2"}
    assert decide(state, EndChat("c1"), at(6)) == (ChatEnded("c1"),)
    assert after(state, EndChat("c1"), 6).load == 2


def test_no_third_chat_is_a_slot_fewer() -> None:
    quiet = replace(CHOICES, no_third_chat=True)
    assert after(session(), Choose(quiet), 1).slots_open == 2
    assert after(session(), Choose(replace(quiet, slots=1)), 1).slots_open == 1


def test_what_is_so_already_needs_nothing() -> None:
    state = session((1, HoldOffer("o")), (2, TakeChat("c")))
    for command in (
        HoldOffer("o"),
        TakeChat("c"),
        EndChat("unknown"),
        ReleaseOffer("unknown", Outcome.DECLINED),
        Resume(),
    ):
        assert decide(state, command, at(3)) == ()


def test_an_offer_that_is_gone_takes_no_slot() -> None:
    with pytest.raises(Refused, match="costs you nothing"):
        decide(session(), TakeChat("c", "gone"), at(1))


@given(
    st.lists(
        st.sampled_from(
            [
                *(HoldOffer(f"o{n}") for n in range(4)),
                *(ReleaseOffer(f"o{n}", out) for n in range(4) for out in Outcome),
                *(TakeChat(f"c{n}", f"o{n}") for n in range(4)),
                *(TakeChat(f"d{n}") for n in range(3)),
                *(EndChat(f"c{n}") for n in range(3)),
                Pause(),
                Resume(),
            ]
        ),
        max_size=40,
    )
)
def test_no_agent_ever_exceeds_their_slots(commands: Sequence[Command]) -> None:
    state = session()
    for second, command in enumerate(commands):
        try:
            state = after(state, command, second)
        except Refused:
            continue
        assert state.load <= state.slots_open


# --- Offers that nobody sees ---


def test_three_unseen_offers_in_a_row_pause_visibly_and_one_tap_ends_it() -> None:
    state = missed(missed(session(), 0), 30)
    assert state.takes_offers
    state = missed(state, 60)
    assert state.paused is PausedBy.UNSEEN_OFFERS
    with pytest.raises(Refused, match="no offers at the moment"):
        decide(state, HoldOffer("o"), at(90))
    assert decide(state, Resume(), at(90)) == (Resumed(),)
    state = after(state, Resume(), 90)
    assert state.takes_offers
    assert state.unseen_in_row == 0
    assert missed(missed(state, 100), 130).takes_offers


@pytest.mark.parametrize("outcome", [Outcome.DECLINED, Outcome.EXPIRED_SEEN])
def test_an_offer_that_was_seen_begins_the_row_anew(outcome: Outcome) -> None:
    state = missed(missed(missed(session(), 0), 30), 60, outcome)
    assert state.unseen_in_row == 0
    assert missed(missed(state, 90), 120).takes_offers


def test_a_withdrawn_offer_neither_counts_nor_forgives() -> None:
    state = missed(missed(missed(session(), 0), 30), 60, Outcome.WITHDRAWN)
    assert state.unseen_in_row == 2
    assert missed(state, 90).paused is PausedBy.UNSEEN_OFFERS


def test_a_conversation_taken_begins_the_row_anew() -> None:
    state = after(missed(missed(session(), 0), 30), TakeChat("c"), 55)
    assert state.unseen_in_row == 0


def test_offers_side_by_side_are_one_look_at_the_screen() -> None:
    state = session((0, HoldOffer("x")), (1, HoldOffer("y")), (2, HoldOffer("z")))
    for name in "xyz":
        state = after(state, ReleaseOffer(name, Outcome.EXPIRED_UNSEEN), 22)
    assert state.unseen_in_row == 1
    assert state.takes_offers


def test_a_pause_of_ones_own_is_left_alone() -> None:
    state = missed(missed(session(), 0), 30)
    state = after(after(state, HoldOffer("o"), 60), Pause(), 61)
    released = decide(state, ReleaseOffer("o", Outcome.EXPIRED_UNSEEN), at(80))
    assert released == (OfferReleased("o", Outcome.EXPIRED_UNSEEN),)
    assert decide(state, Pause(), at(80)) == ()
    assert state.paused is PausedBy.AGENT


# --- The end ---


def test_going_offline_leaves_nobody_behind() -> None:
    busy = session((1, TakeChat("c")), (2, TakeChat("b")))
    with pytest.raises(Refused, match="You still have 2 in hand"):
        decide(busy, GoOffline(), at(5))
    over = WentOffline(Ended.SWITCHED_OFF, at(5), ("b", "c"))
    assert decide(busy, GoOffline(hand_back=True), at(5)) == (over,)
    assert decide(session(), GoOffline(), at(5)) == (WentOffline(Ended.SWITCHED_OFF, at(5)),)
    ended = after(busy, GoOffline(hand_back=True), 5)
    assert (ended.online, ended.load, ended.ended_at) == (False, 0, at(5))


def test_after_the_end_nothing_begins_in_it_again() -> None:
    ended = session((5, GoOffline()))
    with pytest.raises(Refused, match="over"):
        decide(ended, online(), at(6))
    for command in (HoldOffer("o"), TakeChat("c"), Resume(), Choose(CHOICES)):
        with pytest.raises(Refused, match="offline"):
            decide(ended, command, at(6))
    for tidying in (
        GoOffline(),
        EndChat("c"),
        ReleaseOffer("o", Outcome.WITHDRAWN),
        CheckSilence(at(0)),
    ):
        assert decide(ended, tidying, at(6)) == ()
    with pytest.raises(Refused, match="offline"):
        decide(Session(), GoOffline(), at(0))


def test_a_lost_connection_has_a_grace_of_sixty_seconds() -> None:
    state = session((10, TakeChat("c")))
    assert decide(state, CheckSilence(at(30)), at(90)) == ()
    (lost,) = decide(state, CheckSilence(at(30)), at(95))
    assert lost == WentOffline(Ended.CONNECTION_LOST, at(90), ("c",))
    # Noticed late or not, it counts until the grace is over.
    assert guaranteed_seconds(after(state, CheckSilence(at(30)), 95), 500) == 90


def test_a_platform_outage_counts_as_online() -> None:
    outage = Interval(at(80), at(400))
    assert silence_ends_at(CheckSilence(at(30), (outage,))) == at(460)
    # One that began after the grace, or was over before the last sign of life, does not help.
    assert silence_ends_at(CheckSilence(at(30), (Interval(at(91), at(400)),))) == at(90)
    assert silence_ends_at(CheckSilence(at(30), (Interval(at(1), at(29)),))) == at(90)
    two = (Interval(at(440), at(500)), outage)
    assert silence_ends_at(CheckSilence(at(30), two)) == at(560)
    state = session()
    assert decide(state, CheckSilence(at(30), two), at(560)) == ()
    assert guaranteed_seconds(after(state, CheckSilence(at(30), two), 700), 900) == 560


def test_every_event_is_counted() -> None:
    events: list[Event] = [ChatTaken("c", None), ChatEnded("c"), Paused(PausedBy.AGENT)]
    state = session()
    for event in events:
        state = evolve(state, Fact(at(1), event))
    assert state.version == 4
