"""The agent's session and offers on one device: what they choose, and what they are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from alltid.agents.online_session import Ended
from alltid.agents.online_sessions import OpenSession
from alltid.agents.session_commands import Choose, GoOnline, Pause, Resume
from alltid.agents.session_events import Capacity, Choices
from alltid.conversations.commands import ReturnToQueue
from alltid.dispatch.offer import Withdrawal, gone_message
from alltid.dispatch.offer_book import ShownOffer, offer_content
from alltid.kernel.refusal import Refused
from alltid.web import offer_frames as frames
from alltid.web.frames import TakeFrame

if TYPE_CHECKING:
    from alltid.agents.accounts import Agent
    from alltid.web.connection import Connection
    from alltid.web.services import Services

DEFAULT_LANGUAGE: Final = "en"


class AgentOffers:
    """One device's part of a session; every device of the agent shows the same."""

    def __init__(self, services: Services, connection: Connection, agent: Agent) -> None:
        """Show nothing yet."""
        self._services = services
        self._connection = connection
        self._agent = agent
        self._shown: dict[str, Any] | None = None
        self._open: set[str] = set()
        self.online = False

    async def refresh(self) -> bool:
        """Show the session and its offers as they are; return whether the agent is online."""
        ids = [self._agent.id]
        sessions = await self._services.online.of_all(ids)
        offers = await self._services.offers.shown(ids)
        self.show(sessions.get(self._agent.id), offers.get(self._agent.id, []))
        return self.online

    def show(self, session: OpenSession | None, offers: Sequence[ShownOffer]) -> None:
        """Show what was just read, and say of offers that ended how they did."""
        now = self._services.clock.now()
        self.online = session is not None
        if session is None:
            # The dispatcher withdraws them in a moment; they can't be accepted any more.
            offers = [_with_the_session(each) for each in offers]
        frame = session_frame(session, offers, now)
        if _unchanging(frame) != self._shown:
            self._shown = _unchanging(frame)
            self._connection.send(frame)
        for offer in offers:
            if offer.id in self._open and offer.stage != "open":
                self._connection.send(_over(offer))
        self._open = {offer.id for offer in offers if offer.stage == "open"}

    async def answer(self, frame: Any) -> str | None:
        """Do what a frame asks; return the conversation that was taken, if one was.

        Raises:
            Refused: it can't be done now.
        """
        services, agent_id, name = self._services, self._agent.id, self._agent.name
        match frame:
            case frames.AcceptOffer():
                return await services.acceptance.accept(agent_id, name, frame.offer)
            case TakeFrame():
                await services.acceptance.take(agent_id, name, frame.conversation)
                return str(frame.conversation)
            case frames.GoOnline():
                await self._go_online(frame)
            case frames.GoOffline():
                back = await services.online.go_offline(agent_id, hand_back=frame.hand_back)
                await hand_back(services, agent_id, back)
            case frames.ChooseFrame():
                await services.online.change(agent_id, Choose(await self._choices(frame)))
            case frames.PauseFrame():
                await services.online.change(agent_id, Pause())
            case frames.ResumeFrame():
                await services.online.change(agent_id, Resume())
            case frames.OfferSeen():
                await services.acceptance.show(agent_id, frame.offer)
            case frames.DeclineOffer():
                await services.acceptance.decline(agent_id, frame.offer, frame.reason)
        return None

    async def _go_online(self, frame: frames.GoOnline) -> None:
        services = self._services
        now = services.clock.now()
        choices = await self._choices(frame)
        promise = await services.capacity.capacity(choices.languages, now)
        in_hand = [row.id for row in await services.store.of_agent(self._agent.id)]
        command = GoOnline(
            agent_id=self._agent.id,
            shown=Capacity(frame.shown) if frame.shown else promise.capacity,
            capacity=promise.capacity,
            because=promise.because,
            rate_id=await services.quotes.rate_id(now),
            choices=choices,
        )
        await services.online.go_online(command, in_hand)

    async def _choices(self, frame: frames.ChoicesFrame) -> Choices:
        skills = await self._services.online.skills_of(self._agent.id)
        known = {skill.key: skill.level for skill in skills}
        wanted = known if frame.skills is None else frame.skills
        languages = frame.languages or self._agent.languages or (DEFAULT_LANGUAGE,)
        return Choices(
            frozenset(each.split("-", 1)[0].lower() for each in languages),
            {key: known[key] for key in wanted if key in known},
            frame.slots,
            frozenset(frame.quiet_topics),
            frame.no_third_chat,
        )


async def hand_back(services: Services, agent_id: str, conversation_ids: Sequence[str]) -> None:
    """Put what an ended session had in hand back into the queue, at its old places."""
    for conversation_id in conversation_ids:
        back = ReturnToQueue(agent_id, "agent_gone")
        try:
            await services.store.execute(conversation_id, back, f"agent:{agent_id}")
        except Refused:
            continue  # It was resolved or in other hands by then.


async def sign_out(services: Services, agent_id: str) -> None:
    """End being online with the last sign-in."""
    back = await services.online.go_offline(agent_id, Ended.SIGNED_OUT)
    await hand_back(services, agent_id, back)


def session_frame(
    session: OpenSession | None, offers: Sequence[ShownOffer], now: datetime
) -> dict[str, Any]:
    """Say everything about an agent's session."""
    state = session.state if session is not None else None
    return {
        "type": "session",
        "online": session is not None,
        "id": session and session.id,
        "since": session and session.started_at.isoformat(),
        "capacity": state and state.capacity.value,
        "because": state.because if state else "",
        "paused": state.paused.value if state and state.paused else None,
        "choices": choices_content(state.choices) if state else None,
        "slots_open": state.slots_open if state else 0,
        "load": state.load if state else 0,
        "chats": sorted(state.chats) if state else [],
        "unseen_in_row": state.unseen_in_row if state else 0,
        "offers": [offer_content(offer, now) for offer in offers if offer.stage == "open"],
    }


def choices_content(choices: Choices) -> dict[str, Any]:
    """Return an agent's choices as pages get them."""
    return {
        "languages": sorted(choices.languages),
        "skills": dict(choices.skills),
        "slots": choices.slots,
        "quiet_topics": sorted(choices.quiet_topics),
        "no_third_chat": choices.no_third_chat,
    }


def _unchanging(frame: dict[str, Any]) -> dict[str, Any]:
    # What runs by itself is no news.
    offers = [{**each, "seconds_left": None} for each in frame["offers"]]
    return {**frame, "offers": offers}


def _with_the_session(offer: ShownOffer) -> ShownOffer:
    if offer.stage != "open":
        return offer
    return replace(offer, stage="withdrawn", withdrawn_because=Withdrawal.SESSION_OVER.value)


def _over(offer: ShownOffer) -> dict[str, Any]:
    because = offer.withdrawn_because if offer.stage == "withdrawn" else offer.stage
    return {
        "type": "offer_over",
        "offer": offer.id,
        "conversation": offer.conversation_id,
        "because": because,
        "message": gone_message(because or "expired"),
    }
