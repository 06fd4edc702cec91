"""What a session's log says was done: presence, pauses, work, each with its evidence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from alltid.agents.online_session import Ended
from alltid.agents.session_events import (
    Capacity,
    ChatEnded,
    ChatTaken,
    Choices,
    Event,
    Fact,
    Paused,
    PausedBy,
    Promoted,
    Resumed,
    WentOffline,
    WentOnline,
)
from alltid.insights.session_pay import Beside, Closing, OfferMade, Span, session_facts
from alltid.pay.intervals import Interval
from alltid.pay.pay_floor import guaranteed
from alltid.pay.session_facts import Ending, SessionFacts, Work

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def at(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


def span(begin: float, end: float) -> Interval:
    return Interval(at(begin), at(end))


def facts(*events: tuple[float, Event], capacity: Capacity = Capacity.GUARANTEED,
          until: float | None = 60, because: Ended = Ended.SWITCHED_OFF,
          **beside: Any) -> SessionFacts:  # fmt: skip
    online = WentOnline("sara", capacity, "", "SE/SEK/1", Choices(frozenset({"sv"})))
    log = [Fact(START, online), *(Fact(at(minute), event) for minute, event in events)]
    if until is not None:
        log.append(Fact(at(until + 1), WentOffline(because, at(until))))
    return session_facts("s1", log, Beside(now=at(60), **beside))


def counted(found: SessionFacts) -> float:
    return sum(each.microseconds for each in guaranteed(found)) / 60e6


def kinds(found: SessionFacts) -> list[tuple[str, float]]:
    return [(each.kind.value, each.interval.microseconds / 60e6) for each in found.stretches]


def test_a_log_without_a_beginning_is_none() -> None:
    for log in ([], [Fact(START, Resumed())]):
        with pytest.raises(ValueError, match="going online"):
            session_facts("s1", log, Beside(now=START))


def test_presence_is_cut_into_online_outage_and_grace() -> None:
    found = facts(
        because=Ended.CONNECTION_LOST,
        last_seen_at=at(59),
        outages=[Span("7", span(10, 15)), Span("8", span(70, 80))],
    )
    assert kinds(found) == [("online", 10), ("outage", 5), ("online", 44), ("grace", 1)]
    assert [s.evidence for s in found.stretches] == [
        *("event:s1/1", "outage:7", "event:s1/1", "event:s1/2")
    ]
    assert counted(found) == 60


def test_a_lost_connection_without_a_last_sign_of_life_is_online_to_its_end() -> None:
    for seen in (None, at(-5)):
        found = facts(because=Ended.CONNECTION_LOST, last_seen_at=seen)
        assert kinds(found) == [("online", 60)]


def test_standby_counts_from_the_moment_it_became_guaranteed() -> None:
    standby = facts(capacity=Capacity.STANDBY)
    assert (kinds(standby), counted(standby)) == ([("standby", 60)], 0)
    promoted = facts((20, Promoted("busy")), capacity=Capacity.STANDBY)
    assert kinds(promoted) == [("standby", 20), ("online", 40)]
    assert promoted.stretches[1].evidence == "event:s1/2"
    at_once = facts((0, Promoted("busy")), capacity=Capacity.STANDBY)
    assert kinds(at_once) == [("online", 60)]


def test_a_pause_counts_from_when_it_could_be_seen() -> None:
    own = facts((10, Paused(PausedBy.AGENT)), (11, Paused(PausedBy.AGENT)), (30, Resumed()))
    assert counted(own) == 40
    outages = [Span("1", span(0, 2)), Span("7", span(9, 14))]
    in_an_outage = facts((10, Paused(PausedBy.UNSEEN_OFFERS)), (30, Resumed()), outages=outages)
    assert counted(in_an_outage) == 44
    cut_off = facts(
        (59.5, Paused(PausedBy.UNSEEN_OFFERS)),
        because=Ended.CONNECTION_LOST,
        last_seen_at=at(59),
    )
    assert cut_off.pauses[0].shown_at is None
    assert counted(cut_off) == 60
    to_the_end = facts((10, Paused(PausedBy.UNSEEN_OFFERS)))
    assert counted(to_the_end) == 10
    assert facts((5, Resumed()), (60, Paused(PausedBy.AGENT))).pauses == ()


def test_chats_carry_their_offer_and_how_they_ended() -> None:
    offers = [OfferMade("o1", "fi", 500)]
    closings = {
        "c1": [Closing(at(-1), Ending.TRANSFERRED), Closing(at(15), Ending.DONE)],
        "c2": [Closing(at(20), Ending.TRANSFERRED)],
        "c5": [Closing(at(30), Ending.CUSTOMER_LEFT)],
    }
    found = facts(
        (10, ChatTaken("c1", "o1")),
        (10, ChatTaken("c2", None)),
        (12, ChatTaken("c3", "unknown")),
        (18, ChatEnded("c1")),
        (20, ChatEnded("c2")),
        (20, ChatEnded("c9")),
        (25, ChatEnded("c3")),
        (30, ChatTaken("c5", None)),
        (31, ChatEnded("c5")),
        (50, ChatTaken("c4", None)),
        (60.5, ChatTaken("c6", None)),
        offers=offers,
        closings=closings,
        languages={"c2": "sv"},
    )
    done = [
        (e.kind.value, e.interval.microseconds / 60e6, e.language, e.evidence, e.ending.value)
        for e in found.engagements
    ]
    assert done == [
        ("conversation", 5, "fi", "offer:o1", "done"),
        ("wrap_up", 3, "fi", "offer:o1", "done"),
        ("conversation", 10, "sv", "event:s1/3", "transferred"),
        ("conversation", 13, "", "event:s1/4", "customer_left"),
        ("conversation", 1, "", "event:s1/9", "customer_left"),
        ("conversation", 10, "", "event:s1/11", "transferred"),
    ]
    assert {e.surge_basis_points for e in found.engagements} == {500, 0}


def test_looking_at_an_offer_that_is_taken_back_is_work_and_so_is_training() -> None:
    found = facts(
        offers=[
            OfferMade("o1", "sv", 0, at(5), at(5.2)),
            OfferMade("o2", "sv", 0, at(6), None),
            OfferMade("o3", "sv", 0, None, at(7)),
            OfferMade("o4", "sv", 0, at(8), at(8)),
            OfferMade("o5", "sv", 0, at(70), at(71)),
        ],
        trainings=[Span("3", span(40, 70)), Span("4", span(80, 90))],
    )
    assert [(e.kind, e.evidence) for e in found.engagements] == [
        (Work.WITHDRAWN_OFFER, "offer:o1"),
        (Work.TRAINING, "training:3"),
    ]


def test_declined_and_unseen_offers_count_until_the_pause_that_can_be_seen() -> None:
    made = [
        *(OfferMade(f"declined{n}", "sv", 0, at(n), None) for n in range(10)),
        *(OfferMade(f"unseen{n}", "sv", 0, None, None) for n in range(10, 20)),
    ]
    assert counted(facts(offers=made)) == 60
    paused = facts((45, Paused(PausedBy.UNSEEN_OFFERS)), (55, Resumed()), offers=made)
    assert counted(paused) == 50
    assert paused.engagements == ()


def test_three_chats_wrap_up_and_a_transfer_at_once_are_one_clock() -> None:
    closings = {"c1": [Closing(at(20), Ending.DONE)], "c3": [Closing(at(30), Ending.TRANSFERRED)]}
    found = facts(
        *((minute, ChatTaken(of, None)) for minute, of in ((10, "c1"), (10, "c2"), (15, "c3"))),
        (25, ChatEnded("c1")),
        (30, ChatEnded("c3")),
        (40, ChatEnded("c2")),
        closings=closings,
        capacity=Capacity.STANDBY,
    )
    assert {e.kind for e in found.engagements} == {Work.CONVERSATION, Work.WRAP_UP}
    assert counted(found) == 30


def test_an_open_session_is_cut_at_now() -> None:
    found = facts((10, ChatTaken("c1", None)), until=None)
    assert found.ended is None
    assert found.engagements[0].interval == span(10, 60)
