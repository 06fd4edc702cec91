"""One conversation in an agent's hands, as one of their devices follows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from alltid.agents.accounts import Agent
from alltid.conversations.blocks import Blocks
from alltid.conversations.concealed import items_for_agent
from alltid.conversations.events import (
    Author,
    Fact,
    MessageSent,
    Reopened,
    Resolved,
    ReturnedToQueue,
    Status,
)
from alltid.conversations.masking import mask
from alltid.conversations.store import AgentRow, Row
from alltid.conversations.transcript import status_after
from alltid.web.view import CHUNK, View

if TYPE_CHECKING:
    from alltid.web.connection import Connection
    from alltid.web.services import Services

CustomerShown = dict[str, str | None]

FIRST_PAGE: Final = 100
UNREAD_SHOWN: Final = 200


class AgentThread:
    """Shows everything while it is open on screen, else only a card with what is unread."""

    def __init__(
        self,
        services: Services,
        connection: Connection,
        agent: Agent,
        conversation_id: str,
        *,
        customer: CustomerShown,
        language: str,
        on_gone: Callable[[], object],
    ) -> None:
        """Follow nothing yet; `on_gone` is called when it leaves the agent's hands."""
        self._services = services
        self._connection = connection
        self._agent = agent
        self._id = conversation_id
        self._customer = {name: text and mask(text).text for name, text in customer.items()}
        self._language = language
        self._on_gone = on_gone
        self._status = Status.AGENT
        self._unread = 0
        self._last_at: datetime | None = None
        # The last version whose customer's words are shown, while a block awaits its review.
        self._muted_after: int | None = None
        self.opened = False
        self._view = View(
            conversation_id,
            services.store,
            services.hub,
            on_facts=self._show,
            on_signal=self._signalled,
        )

    def listen(self) -> None:
        """Begin to remember what comes."""
        self._view.listen()

    def start(self, cursor: int) -> None:
        """Pass on what comes after `cursor`, as cards while it isn't on screen."""
        self._view.start(cursor)

    def stop(self) -> None:
        """Follow no more."""
        self._view.stop()

    async def card(self, row: AgentRow) -> dict[str, Any]:
        """Return the card with which the agent's list begins."""
        marks = await self._services.marks.of(self._id)
        facts = await self._services.store.facts_after(self._id, marks["agent"].read, UNREAD_SHOWN)
        await self._look_for_mute()
        self._unread = self._from_customer(facts)
        self._last_at = row.last_message_at
        self._status = row.status
        return self._card()

    def send_card(self) -> None:
        """Put the conversation into the agent's list on this device."""
        self._connection.send({"type": "card", **self._card()})

    async def open(self, after: int, row: Row | None = None) -> None:
        """Show the conversation: its latest page, or what came after version `after`.

        `row` is the conversation's own if it was read just now.
        """
        # From here on news goes out whole; the page merges it with what is read below.
        self.opened = True
        row = row or await self._services.store.find(self._id)
        if row is None or not row.readable_by(self._agent.id, self._services.clock.now()):
            self._gone("resolved" if row is None or row.status is Status.RESOLVED else "returned")
            return
        await self._look_for_mute()
        after = after if after <= row.version else 0
        if after > 0:
            read = await self._services.store.facts_after(self._id, after, CHUNK)
            # What has come since the right to read was looked up is for the view to judge.
            facts = [fact for fact in read if fact.version <= row.version]
        else:
            facts = await self._services.store.facts_before(self._id, row.version + 1, FIRST_PAGE)
        self._status = row.status
        cursor = facts[-1].version if facts else after
        earlier = after == 0 and bool(facts) and facts[0].version > 1
        self._send_items(facts, cursor, has_earlier=earlier)
        if cursor < row.version:
            self._view.rewind(cursor)
        else:
            self._view.start(cursor)
        await self._show_marks()

    def typing(self) -> None:
        """Tell the customer that the agent is writing."""
        signal = {"type": "typing", "by": "agent", "name": self._agent.name}
        self._services.signal(self._id, signal)

    def read(self, version: int) -> None:
        """Note how far the agent has read."""
        self._unread = 0
        self._services.marks.read(self._id, "agent", min(version, self._view.cursor))

    async def history(self, before: int, limit: int) -> None:
        """Show what came before."""
        facts = await self._services.store.facts_before(self._id, before, limit)
        self._connection.send(
            {
                "type": "history",
                "conversation": self._id,
                "items": self._items(facts),
                "has_earlier": bool(facts) and facts[0].version > 1,
            }
        )

    async def _look_for_mute(self) -> None:
        services, now = self._services, self._services.clock.now()
        blocks = Blocks(services.pool)
        self._muted_after = await blocks.muted_after(self._id, self._agent.id, now)

    async def _show_marks(self) -> None:
        mark = (await self._services.marks.of(self._id))["customer"]
        self._connection.send(
            {
                "type": "marks",
                "conversation": self._id,
                "party": "customer",
                "delivered": mark.delivered,
                "read": mark.read,
            }
        )

    def _show(self, facts: Sequence[Fact]) -> None:
        facts, because = _while_in_hand(facts)
        if facts:
            self._show_all(facts)
        if because is not None:
            self._gone(because)

    def _show_all(self, facts: Sequence[Fact]) -> None:
        changed = status_after(facts)
        if changed is not None:
            self._status = changed[0]
        self._last_at = facts[-1].at
        self._services.marks.delivered(self._id, "agent", facts[-1].version)
        if self.opened:
            self._send_items(facts, facts[-1].version)
        else:
            self._unread += self._from_customer(facts)
            self._connection.send({"type": "card", **self._card()})

    def _gone(self, because: str) -> None:
        self._connection.send({"type": "gone", "conversation": self._id, "because": because})
        self._view.stop()
        self._on_gone()

    def _signalled(self, signal: Mapping[str, Any]) -> None:
        match signal.get("type"):
            case "typing" if signal.get("by") == "customer":
                self._connection.send(
                    {"type": "typing", "conversation": self._id, "who": "customer"}
                )
            case "marks" if signal.get("party") == "customer":
                self._connection.send({**signal, "conversation": self._id})
            case "beside":
                muted = signal.get("muted", {})
                if muted.get("agent") == self._agent.id:
                    self._muted_after = muted["after"]
                self._connection.send({"type": "beside", "conversation": self._id})

    def _send_items(
        self, facts: Sequence[Fact], version: int, *, has_earlier: bool | None = None
    ) -> None:
        frame: dict[str, Any] = {
            "type": "items",
            "conversation": self._id,
            "version": version,
            "status": self._status.value,
            "items": self._items(facts),
        }
        if has_earlier is not None:
            frame["has_earlier"] = has_earlier
            frame["customer"] = self._customer
        self._connection.send(frame)

    def _items(self, facts: Sequence[Fact]) -> list[dict[str, Any]]:
        url_of = self._services.url_of(self._services.clock.now())
        muted_after = self._muted_after
        return items_for_agent(facts, url_of, reader_id=self._agent.id, muted_after=muted_after)

    def _from_customer(self, facts: Sequence[Fact]) -> int:
        last = self._muted_after
        return sum(
            isinstance(fact.event, MessageSent) and fact.event.author is Author.CUSTOMER
            for fact in facts
            if last is None or fact.version <= last
        )

    def _card(self) -> dict[str, Any]:
        return {
            "conversation": self._id,
            "status": self._status.value,
            "customer": self._customer,
            "language": self._language,
            "last_at": self._last_at and self._last_at.isoformat(),
            "unread": self._unread,
        }


def _while_in_hand(facts: Sequence[Fact]) -> tuple[Sequence[Fact], str | None]:
    """Return what the agent may still see, and how it left their hands if it did.

    What a customer says after that is for others, even when it comes in the same moment.
    """
    for position, fact in enumerate(facts):
        match fact.event:
            case ReturnedToQueue():
                return facts[: position + 1], "returned"
            case Resolved():
                return facts[: position + 1], "resolved"
            case Reopened():  # it was looked at once more after the end
                return facts[:position], "resolved"
    return facts, None
