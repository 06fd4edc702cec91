"""The customer's socket: hello, then messages, the button, and whatever they should see."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

import psycopg
import psycopg_pool
import structlog
from starlette.websockets import WebSocket

from alltid.conversations.attachments import Uploader, use_attachments
from alltid.conversations.commands import (
    AskForHuman,
    ChooseLanguage,
    Command,
    Rate,
    Say,
    StayWithAssistant,
)
from alltid.conversations.events import Chosen, Fact, Status
from alltid.conversations.transcript import items, status_after
from alltid.kernel.refusal import Refused
from alltid.storage.group_writer import StorageBusy
from alltid.web.arranging import (
    Arrangement,
    Arranging,
    ArrangingFrame,
    BookCallbackFrame,
    CancelCallbackFrame,
    ChooseWrittenFrame,
)
from alltid.web.connection import NOT_SIGNED_IN, NOT_YOURS, RESTARTING, Closed, Connection
from alltid.web.customer_line import CustomerLine
from alltid.web.customer_signals import CustomerSignals
from alltid.web.errors import WebError
from alltid.web.frame import Ping
from alltid.web.frames import (
    CUSTOMER_FRAME,
    AskHuman,
    CustomerHello,
    CustomerHistory,
    CustomerRead,
    CustomerSend,
    CustomerTyping,
    RateFrame,
    StayWithAssistantFrame,
)
from alltid.web.identity.principals import CustomerPrincipal
from alltid.web.sending_order import SendingOrder
from alltid.web.services import Services, services_of
from alltid.web.view import CHUNK, View

log = structlog.get_logger(__name__)

FIRST_PAGE: Final = 100
AWAY: Final = (psycopg.Error, psycopg_pool.PoolTimeout, psycopg_pool.TooManyRequests, OSError)
TOO_OFTEN_MESSAGE: Final = "That was very fast. This is sent again in a moment."
IN_ORDER_MESSAGE: Final = "What you wrote before goes first. This is sent right after it."
AWAY_MESSAGE: Final = "Nothing is lost: this is sent again as soon as it can be stored."


async def customer_socket(websocket: WebSocket) -> None:
    """Serve one customer's socket until it closes."""
    services = services_of(websocket)
    if not services.identity.origins.allows_customer_socket(websocket.headers):
        await websocket.close(NOT_YOURS, "This site may not open the widget.")
        return
    await websocket.accept()
    connection = Connection(websocket, services.clock)
    if services.metrics.sockets_now >= services.sockets_limit:
        await connection.turn_away()
        return
    with services.metrics.socket("customer"):
        session = CustomerSession(services, connection, websocket.app.state.arranging)
        try:
            await session.run()
        except Closed:
            pass
        except AWAY as error:
            log.warning("customer_socket_away", error=type(error).__name__)
            connection.close(RESTARTING, "Back in a moment.")
        finally:
            session.stop()
            await connection.finish()


class CustomerSession:
    """One customer on one device."""

    def __init__(self, services: Services, connection: Connection, arranging: Arranging) -> None:
        """Know nobody before the hello."""
        self._services = services
        self._connection = connection
        self._arranging = arranging
        self._customer: CustomerPrincipal | None = None
        self._view: View | None = None
        self._status = Status.ASSISTANT
        self._agent_name: str | None = None
        self._line: CustomerLine | None = None
        self._order = SendingOrder()
        self._signals = CustomerSignals()

    async def run(self) -> None:
        """Greet, then answer frames one after another, in the order they came."""
        hello = await self._connection.receive_hello(CUSTOMER_FRAME)
        if not isinstance(hello, CustomerHello):
            self._connection.fail("hello_first", "Say hello first.", fatal=True)
            self._connection.close(NOT_SIGNED_IN, "Say hello first.")
            raise Closed
        self._connection.batch = hello.batch
        await self._greet(hello)
        del hello  # a listening socket keeps nothing that it doesn't need
        while True:
            frame = await self._connection.receive(CUSTOMER_FRAME)
            try:
                await self._answer(frame)
            except AWAY as error:
                log.warning("customer_frame_away", error=type(error).__name__)
                self._later(getattr(frame, "client_id", None), "storage_busy", AWAY_MESSAGE, 2.0)

    def stop(self) -> None:
        """Follow nothing any more."""
        if self._line is not None:
            self._line.stop()
        if self._view is not None:
            self._view.stop()

    # ------------------------------------------------------------ hello

    async def _greet(self, hello: CustomerHello) -> None:
        services = self._services
        try:
            self._customer = await services.identity.customer_of(hello.token)
        except WebError as error:
            self._connection.fail(error.code, error.message, fatal=True)
            self._connection.close(NOT_SIGNED_IN, error.message)
            raise Closed from None
        conversation_id = await self._open(self._customer, hello.language)
        view = View(
            conversation_id,
            services.store,
            services.hub,
            on_facts=self._show,
            on_signal=self._signalled,
        )
        self._view = view
        view.listen()
        after = hello.after if hello.conversation == conversation_id else 0
        language = await self._welcome(view, after)
        if hello.language is not None and _short(hello.language) != language:
            await self._switch_language(view, _short(hello.language))

    async def _open(self, customer: CustomerPrincipal, language: str | None) -> str:
        services = self._services
        language = _short(language or customer.language or "en")
        try:
            return await services.store.open_for(
                customer.id, language, services.opening(language), services.assistant_name
            )
        except StorageBusy:
            self._connection.close(RESTARTING, "Back in a moment.")
            raise Closed from None

    async def _switch_language(self, view: View, language: str) -> None:
        assert self._customer is not None  # noqa: S101  run greets before anything else
        # The next hello says it again, so nothing is lost when it can't be stored now.
        with contextlib.suppress(StorageBusy, Refused):
            await self._services.store.execute(
                view.conversation_id, ChooseLanguage(language), f"customer:{self._customer.id}"
            )

    async def _welcome(self, view: View, after: int) -> str:
        services, conversation_id = self._services, view.conversation_id
        row = await services.store.find(conversation_id)
        marks = await services.marks.of(conversation_id)
        if row is None or self._customer is None:
            raise Closed
        after = after if after <= row.version else 0
        if after > 0:
            read = await services.store.facts_after(conversation_id, after, CHUNK)
            # What has come since the row was read changes the status too: the view shows it.
            facts = [fact for fact in read if fact.version <= row.version]
        else:
            facts = await services.store.facts_before(conversation_id, row.version + 1, FIRST_PAGE)
        cursor = facts[-1].version if facts else after
        self._status, self._agent_name = row.status, row.agent_name
        self._connection.send(
            {
                "type": "welcome",
                "conversation": conversation_id,
                "customer": {"id": self._customer.id, "name": self._customer.name},
                "version": row.version,
                "status": self._status.value,
                "answering": self._answering(),
                "marks": {
                    party: {"delivered": mark.delivered, "read": mark.read}
                    for party, mark in marks.items()
                },
                "company": services.company,
                "has_earlier": after == 0 and bool(facts) and facts[0].version > 1,
            }
        )
        if facts:
            self._send_items(facts, cursor)
        if cursor < row.version:
            view.rewind(cursor)  # more was missed than one page holds: the view reads on
        else:
            view.start(cursor)
        arranged = Arrangement(row.callback_at, row.written)
        self._line = CustomerLine(
            conversation_id,
            services.hub,
            services.queue,
            self._arranging,
            self._connection.send,
            arranged,
        )
        self._line.show(waits=self._status is Status.WAITING)
        return row.language

    # ------------------------------------------------------------ frames

    async def _answer(self, frame: Any) -> None:
        match frame:
            case CustomerSend():
                await self._say(frame)
            case AskHuman():
                await self._do(frame.client_id, AskForHuman(frame.client_id))
            case StayWithAssistantFrame():
                await self._do(frame.client_id, StayWithAssistant(frame.client_id))
            case BookCallbackFrame() | CancelCallbackFrame() | ChooseWrittenFrame():
                await self._arrange(frame)
            case RateFrame():
                rate = Rate(frame.solved, frame.score, frame.comment)
                await self._do(frame.client_id, rate)
            case CustomerTyping():
                self._signal({"type": "typing", "by": "customer"})
            case CustomerRead():
                self._read(frame.version)
            case CustomerHistory():
                await self._history(frame)
            case Ping():
                self._connection.send({"type": "pong"})
            case _:
                self._connection.fail("hello_again", "You have said hello already.")

    async def _say(self, frame: CustomerSend) -> None:
        services, view, customer = self._services, self._view, self._customer
        assert view is not None  # noqa: S101  run greets before it answers
        assert customer is not None  # noqa: S101
        wait_seconds = self._order.wait_seconds(frame.client_id, time.monotonic())
        if wait_seconds > 0:
            self._later(frame.client_id, "in_order", IN_ORDER_MESSAGE, wait_seconds)
            return
        if len(frame.text) > services.identity.rules.text_limit_characters:
            limit = services.identity.rules.text_limit_characters
            words = f"A message has at most {limit} characters."
            self._refuse(frame.client_id, Refused("text_too_long", words))
            return
        now = services.clock.now()
        wait_seconds = services.identity.limits.messages.take(customer.id, now)
        if wait_seconds > 0:
            self._later(frame.client_id, "too_often", TOO_OFTEN_MESSAGE, wait_seconds)
            return
        try:
            attachments = await use_attachments(
                services.pool,
                frame.attachments,
                conversation_id=view.conversation_id,
                uploader=Uploader("customer", customer.id),
                client_id=frame.client_id,
            )
        except Refused as refused:
            self._refuse(frame.client_id, refused)
            return
        pressed = frame.chosen
        # A button's words are the company's ("Close it"), and no wish of the customer's.
        wants_human = pressed is None and services.wants_human(frame.text)
        chosen = None if pressed is None else Chosen(pressed.card, pressed.choice)
        command = Say(frame.client_id, frame.text, attachments, wants_human, chosen)
        await self._do(frame.client_id, command)

    async def _arrange(self, frame: ArrangingFrame) -> None:
        assert self._view is not None  # noqa: S101  run greets before it answers
        conversation_id = self._view.conversation_id
        row = await self._services.store.find(conversation_id)
        language = row.language if row is not None else "en"
        try:
            command = await self._arranging.command(frame, conversation_id, language)
        except Refused as refused:
            self._refuse(frame.client_id, refused)
            return
        if await self._do(frame.client_id, command):
            await self._arranging.decided(conversation_id)

    async def _do(self, client_id: str, command: Command) -> bool:
        """Have it decided and stored, and say so; False: that has to be tried again."""
        view, customer = self._view, self._customer
        assert view is not None  # noqa: S101  run greets before it answers
        assert customer is not None  # noqa: S101
        try:
            outcome = await self._services.store.execute(
                view.conversation_id, command, f"customer:{customer.id}"
            )
        except Refused as refused:
            self._refuse(client_id, refused)
        except StorageBusy as busy:
            self._later(client_id, "storage_busy", AWAY_MESSAGE, busy.retry_after_seconds)
            return False
        else:
            self._order.done(client_id)
            ack = {"type": "ack", "client_id": client_id, "version": outcome.version}
            self._connection.send(ack)
        return True

    def _refuse(self, client_id: str, refused: Refused) -> None:
        self._order.done(client_id)
        self._services.metrics.refused(refused.code)
        self._connection.fail(refused.code, refused.message, client_id=client_id)

    def _later(
        self, client_id: str | None, code: str, message: str, retry_after_seconds: float
    ) -> None:
        if client_id is not None:
            self._order.send_again(client_id, time.monotonic() + retry_after_seconds)
        self._services.metrics.refused(code)
        self._connection.fail(
            code, message, client_id=client_id, retry_after_seconds=retry_after_seconds
        )

    def _read(self, version: int) -> None:
        assert self._view is not None  # noqa: S101  run greets before it answers
        version = min(version, self._view.cursor)
        self._services.marks.read(self._view.conversation_id, "customer", version)

    async def _history(self, frame: CustomerHistory) -> None:
        assert self._view is not None  # noqa: S101  run greets before it answers
        facts = await self._services.store.facts_before(
            self._view.conversation_id, frame.before, frame.limit
        )
        self._connection.send(
            {
                "type": "history",
                "items": self._items(facts),
                "has_earlier": bool(facts) and facts[0].version > 1,
            }
        )

    # ------------------------------------------------------------ what happens

    def _show(self, facts: Sequence[Fact]) -> None:
        assert self._view is not None  # noqa: S101  it is what calls
        changed = status_after(facts)
        if changed is not None:
            self._status, self._agent_name = changed
        self._send_items(facts, self._view.cursor, with_status=changed is not None)
        self._services.marks.delivered(self._view.conversation_id, "customer", self._view.cursor)
        if self._line is not None:
            self._line.follow(facts)
            if changed is not None:
                self._line.show(waits=self._status is Status.WAITING)

    def _send_items(self, facts: Sequence[Fact], version: int, *, with_status: bool = True) -> None:
        assert self._view is not None  # noqa: S101
        frame: dict[str, Any] = {
            "type": "items",
            "conversation": self._view.conversation_id,
            "version": version,
            "items": self._items(facts),
        }
        if with_status:
            frame |= {"status": self._status.value, "answering": self._answering()}
        self._connection.send(frame)

    def _items(self, facts: Sequence[Fact]) -> list[dict[str, Any]]:
        return items(facts, "customer", self._services.url_of(self._services.clock.now()))

    def _answering(self) -> dict[str, str]:
        if self._status is Status.AGENT and self._agent_name is not None:
            return {"kind": "agent", "name": self._agent_name}
        return {"kind": "assistant", "name": self._services.assistant_name}

    def _signal(self, signal: Mapping[str, Any]) -> None:
        assert self._view is not None  # noqa: S101
        self._services.signal(self._view.conversation_id, signal)

    def _signalled(self, signal: Mapping[str, Any]) -> None:
        assert self._view is not None  # noqa: S101
        frame = self._signals.frame(signal, self._view.cursor)
        if frame is not None:
            self._connection.send(frame)


def _short(language: str) -> str:
    return language.split("-", 1)[0].lower()
