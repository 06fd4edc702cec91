"""P6: declining or missing an offer changes nothing that comes after, neither offers nor pay.

The same story is lived twice with the real deciders. In one, an agent declines or misses what
is offered; in the other, those customers left by themselves. Then both match the same arrivals.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from alltid.agents.session_commands import GoOnline, HoldOffer, ReleaseOffer, Resume
from alltid.agents.session_events import Capacity, Choices, Fact, Outcome, total
from alltid.agents.session_rules import Session, decide, evolve
from alltid.dispatch import offer as offers
from alltid.dispatch.candidates import AvailableAgent, WaitingCustomer, available
from alltid.dispatch.matching import Matching, match
from alltid.dispatch.policy import Policy

START = datetime(2026, 1, 1, 12, tzinfo=UTC)
NAMES = ("a", "b", "c")
POLICY = Policy()
SETTINGS = settings(max_examples=60, deadline=None, database=None)
TERMS = offers.Terms("sv", None, 1, 5, 4_000, "SEK")
SAYS_NO = st.lists(
    st.lists(
        st.sampled_from([Outcome.DECLINED, Outcome.EXPIRED_SEEN, Outcome.EXPIRED_UNSEEN]),
        max_size=6,
    ),
    min_size=len(NAMES),
    max_size=len(NAMES),
)
Described = Callable[[Session, datetime], AvailableAgent | None]


def described(session: Session, now: datetime) -> AvailableAgent | None:
    seconds = int(total(session.guaranteed(now)).total_seconds())
    return available(session, earned_minor=0, guaranteed_seconds=seconds)


def live(endings: Sequence[Outcome], name: str) -> Session:
    """Go online, and be offered one conversation after the other; each ends as told."""
    choices = Choices(frozenset({"sv"}), slots=2)
    session = Session()
    begin = GoOnline(name, Capacity.GUARANTEED, Capacity.GUARANTEED, "", "r", choices)
    for event in decide(session, begin, START):
        session = evolve(session, Fact(START, event))
    for number, outcome in enumerate(endings):
        now = START + timedelta(seconds=30 * number)
        session = _offered(session, f"{name}{number}", outcome, now)
        # Three unseen in a row pause; one tap, at once, and it is as before.
        for event in decide(session, Resume(), now + timedelta(seconds=21)):
            session = evolve(session, Fact(now + timedelta(seconds=21), event))
    return session


def _offered(session: Session, offer_id: str, outcome: Outcome, now: datetime) -> Session:
    until = now + timedelta(seconds=20)
    made = offers.Offered("earlier", session.agent_id, "s", POLICY.id, TERMS, until)
    offer = offers.evolve(offers.Offer(), made)
    commands: dict[Outcome, list[offers.Command]] = {
        Outcome.DECLINED: [offers.Show(), offers.Decline("not now")],
        Outcome.EXPIRED_SEEN: [offers.Show(), offers.Expire()],
        Outcome.EXPIRED_UNSEEN: [offers.Expire()],
        Outcome.WITHDRAWN: [offers.Withdraw(offers.Withdrawal.CUSTOMER_LEFT)],
    }
    over = until + offers.TAP_GRACE
    for command in commands[outcome]:
        for happened in offers.decide(offer, command, over):
            offer = offers.evolve(offer, happened)
    assert offer.is_over
    for step, at in ((HoldOffer(offer_id), now), (ReleaseOffer(offer_id, outcome), over)):
        for event in decide(session, step, at):
            session = evolve(session, Fact(at, event))
    return session


def later(sessions: Sequence[Session], described: Described) -> list[Matching]:
    """Match the same arrivals in three rounds."""
    rounds = []
    for number in range(1, 4):
        now = START + timedelta(seconds=600 * number)
        waiting = [
            WaitingCustomer(
                conversation_id=f"later{each}",
                asked_at=now - timedelta(seconds=40 * each),
                language="sv",
            )
            for each in range(number)
        ]
        agents = [each for each in (described(session, now) for session in sessions) if each]
        rounds.append(match(waiting, agents, POLICY, now))
    return rounds


def nothing_changed(endings: Sequence[Sequence[Outcome]], described: Described) -> None:
    said_no = [live(each, name) for each, name in zip(endings, NAMES, strict=True)]
    never_asked = [
        live([Outcome.WITHDRAWN] * len(each), name)
        for each, name in zip(endings, NAMES, strict=True)
    ]
    for no, other in zip(later(said_no, described), later(never_asked, described), strict=True):
        assert no.offers == other.offers
        for left, right in zip(no.explanations.rounds, other.explanations.rounds, strict=True):
            assert left.agents == right.agents
            assert np.array_equal(left.scores, right.scores)
            assert np.array_equal(left.fairness, right.fairness)


@SETTINGS
@given(SAYS_NO)
def test_whoever_says_no_is_offered_the_same_as_before(endings: list[list[Outcome]]) -> None:
    nothing_changed(endings, described)


@SETTINGS
@given(SAYS_NO)
def test_and_is_paid_the_same(endings: list[list[Outcome]]) -> None:
    end = START + timedelta(hours=1)
    for each, name in zip(endings, NAMES, strict=True):
        assert live(each, name).guaranteed(end) == live([], name).guaranteed(end)


def test_a_dispatcher_that_ranks_by_what_was_missed_is_caught() -> None:
    def ranked(session: Session, now: datetime) -> AvailableAgent | None:
        return None if session.unseen_in_row else described(session, now)

    @settings(SETTINGS, phases=[Phase.generate])
    @given(SAYS_NO)
    def unnoticed(endings: list[list[Outcome]]) -> None:
        nothing_changed(endings, ranked)

    with pytest.raises(AssertionError):
        unnoticed()


def test_matching_has_no_place_for_a_person_s_record() -> None:
    known = {field.name for field in fields(AvailableAgent)}
    assert known == {
        "agent_id",
        "languages",
        "skills",
        "slots",
        "load",
        "quiet_topics",
        "earned_minor",
        "guaranteed_seconds",
    }
