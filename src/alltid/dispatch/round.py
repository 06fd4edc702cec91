"""What one round of dispatching writes: endings tidied away, and new offers with their reasons."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import psycopg

from alltid.agents import session_rows
from alltid.agents.session_commands import HoldOffer, ReleaseOffer
from alltid.agents.session_events import Outcome
from alltid.agents.session_rows import LockedSession
from alltid.agents.session_state import Session
from alltid.dispatch import offer_rows
from alltid.dispatch.candidates import AvailableAgent
from alltid.dispatch.explanation import Explanations, Proposal
from alltid.dispatch.explanation_record import Written, pack
from alltid.dispatch.matching import match
from alltid.dispatch.offer import (
    TAP_GRACE,
    Expire,
    Expired,
    Make,
    Offer,
    Offered,
    Terms,
    Withdraw,
    Withdrawal,
    Withdrawn,
)
from alltid.dispatch.offer_rows import QUERIES, LockedOffer
from alltid.dispatch.pay_quotes import PayQuotes
from alltid.dispatch.policy import Policy
from alltid.dispatch.snapshot import InLine
from alltid.kernel.refusal import Refused

Connection = psycopg.AsyncConnection[Any]
_ACTOR: Final = "system:dispatcher"


@dataclass(slots=True)
class Making:
    """What a round makes its offers from, and the offers that came of it."""

    round_id: str
    policy: Policy
    line: Mapping[str, InLine]
    agents: Sequence[AvailableAgent]
    sessions: Mapping[str, tuple[str, Session]]
    quotes: PayQuotes
    new_id: Callable[[], str]
    written: Written
    offers: list[LockedOffer] = field(default_factory=list)


async def tidy(connection: Connection, now: datetime) -> bool:
    """End the offers whose time, customer or session is over; return whether there were any."""
    parameters = {"before": now - TAP_GRACE, "now": now}
    async with connection.transaction():
        cursor = await connection.execute(QUERIES["untidy"], parameters)
        because = dict(await cursor.fetchall())
        if not because:
            return False
        offers = await offer_rows.lock(connection, because)
        sessions = await session_rows.lock(connection, [each.made.session_id for each in offers])
        for each in offers:
            _end(each, because[each.id], sessions[each.made.session_id], now)
        ended = any(each.events for each in offers)
        async with connection.pipeline():
            await offer_rows.save(connection, offers, now)
            await session_rows.save(connection, list(sessions.values()))
    return ended


def _end(offer: LockedOffer, because: str | None, session: LockedSession, now: datetime) -> None:
    command = Expire() if because is None else Withdraw(Withdrawal(because))
    for event in offer.do(command, now, _ACTOR):
        match event:
            case Expired(seen):
                outcome = Outcome.EXPIRED_SEEN if seen else Outcome.EXPIRED_UNSEEN
            case Withdrawn():
                outcome = Outcome.WITHDRAWN
            case _:
                continue
        session.do(ReleaseOffer(offer.id, outcome), now, _ACTOR)


async def make_offers(connection: Connection, making: Making, now: datetime) -> None:
    """Match, and make the offers that still fit when everything is locked."""
    waiting = [each.customer for each in making.line.values()]
    matching = match(waiting, making.agents, making.policy, now)
    if not matching.offers:
        return
    async with connection.transaction():
        ids = [proposal.conversation_id for proposal in matching.offers]
        cursor = await connection.execute(QUERIES["still_waiting"], {"ids": ids})
        still = {row[0] for row in await cursor.fetchall()}
        wanted = [each for each in matching.offers if each.conversation_id in still]
        session_ids = [making.sessions[each.agent_id][0] for each in wanted]
        sessions = await session_rows.lock(connection, session_ids)
        for proposal in wanted:
            session = sessions.get(making.sessions[proposal.agent_id][0])
            if session is None:
                continue
            offer = await _offer(making, proposal, matching.explanations, session, now)
            if offer is not None:
                making.offers.append(offer)
        if not making.offers:
            return
        record = {
            "id": making.round_id,
            "now": now,
            "policy_id": making.policy.id,
            "record": pack(matching.explanations, making.written),
        }
        # Sent together: nothing here waits for an answer of the one before.
        async with connection.pipeline():
            await connection.execute(QUERIES["save_round"], record)
            await offer_rows.insert(connection, making.offers, now)
            await session_rows.save(connection, list(sessions.values()))


async def _offer(
    making: Making,
    proposal: Proposal,
    explanations: Explanations,
    session: LockedSession,
    now: datetime,
) -> LockedOffer | None:
    """Hold a slot and make the offer; None when the session has changed since the look."""
    offer = LockedOffer(making.new_id(), Offer())
    try:
        session.do(HoldOffer(offer.id), now, _ACTOR)
    except Refused:
        return None
    in_line = making.line[proposal.conversation_id]
    needs, customer = in_line.needs, in_line.customer
    quote = await making.quotes.quote(
        session.state.rate_id, needs.expected_minutes, customer.language, now
    )
    why = explanations.why_me(proposal)
    terms = Terms(
        language=customer.language,
        topic=needs.topic,
        difficulty=needs.difficulty,
        expected_minutes=needs.expected_minutes,
        pay_minor=quote.pay_minor,
        currency=quote.currency,
        why=tuple(
            {"because": each.because.value, "facts": dict(each.facts), "sentence": each.sentence}
            for each in why
        ),
        skill=needs.skill,
        skill_level=needs.skill_level,
    )
    made = Offered(
        proposal.conversation_id,
        proposal.agent_id,
        session.id,
        making.policy.id,
        terms,
        proposal.expires_at,
        proposal.doubled,
        customer.asked_at,
        making.round_id,
    )
    offer.do(Make(made), now, _ACTOR)
    return offer
