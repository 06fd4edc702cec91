"""The agent's socket: online or not, the line, and the conversations in their hands."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

import structlog
from starlette.websockets import WebSocket

from alltid.agents.online_sessions import OpenSession
from alltid.agents.sign_in_sessions import SignedInAgent
from alltid.conversations.attachments import Uploader, use_attachments
from alltid.conversations.commands import Command, Resolve, ReturnToQueue, SayAsAgent
from alltid.conversations.store import AgentRow, Row
from alltid.dispatch.offer_book import ShownOffer
from alltid.kernel.refusal import Refused
from alltid.storage.group_writer import StorageBusy
from alltid.web.agent_offers import AgentOffers
from alltid.web.agent_thread import AgentThread
from alltid.web.connection import NOT_SIGNED_IN, NOT_YOURS, RESTARTING, Closed, Connection
from alltid.web.errors import WebError
from alltid.web.frame import Ping
from alltid.web.frames import (
    AGENT_FRAME,
    AgentHello,
    AgentHistory,
    AgentRead,
    AgentSend,
    AgentTyping,
    CloseConversation,
    OpenConversation,
    ResolveFrame,
    ReturnToQueueFrame,
    TakeFrame,
)
from alltid.web.offer_frames import (
    AcceptOffer,
    ChooseFrame,
    DeclineOffer,
    GoOffline,
    GoOnline,
    OfferSeen,
    PauseFrame,
    ResumeFrame,
)
from alltid.web.sending_order import SendingOrder
from alltid.web.services import Services, services_of
from alltid.web.session import AWAY, AWAY_MESSAGE, IN_ORDER_MESSAGE, serve

log = structlog.get_logger(__name__)

# A signed-in socket asks again now and then whether it still is.
SIGN_IN_CHECK_SECONDS: Final = 60.0


async def agent_socket(websocket: WebSocket) -> None:
    """Serve one of an agent's sockets until it closes."""
    services = services_of(websocket)
    if not services.identity.origins.allows_agent_socket(websocket.headers):
        await websocket.close(NOT_YOURS, "This site may not open the workspace.")
        return
    await websocket.accept()
    connection = Connection(websocket, services.clock)
    if services.metrics.sockets_now >= services.sockets_limit:
        await connection.turn_away()
        return
    try:
        signed_in = await services.identity.agent_of(websocket.cookies)
    except WebError as error:
        connection.close(NOT_SIGNED_IN, error.message)
        await connection.finish()
        return
    except AWAY:
        connection.close(RESTARTING, "Back in a moment.")
        await connection.finish()
        return
    await serve(services, connection, AgentSession(services, connection, signed_in), "agent")


class AgentSession:
    """One agent on one device."""

    def __init__(
        self, services: Services, connection: Connection, signed_in: SignedInAgent
    ) -> None:
        """Know who it is; show nothing before the hello."""
        self._services = services
        self._connection = connection
        self._agent = signed_in.agent
        self.sign_in = signed_in.session
        self._threads: dict[str, AgentThread] = {}
        self._offers = AgentOffers(services, connection, signed_in.agent)
        self._checked_at = services.clock.now()
        self._order = SendingOrder()

    async def run(self) -> None:
        """Greet, then answer frames one after another."""
        hello = await self._connection.receive_hello(AGENT_FRAME)
        if not isinstance(hello, AgentHello):
            self._connection.close(NOT_SIGNED_IN, "Say hello first.")
            raise Closed
        self._connection.batch = hello.batch
        self._services.hub.agent_came(self._agent.id, self)
        await self._welcome(hello)
        while True:
            frame = await self._connection.receive(AGENT_FRAME)
            try:
                await self._check_sign_in()
                await self._answer(frame)
            except AWAY as error:
                log.warning("agent_frame_away", error=type(error).__name__)
                client_id = getattr(frame, "client_id", None)
                conversation_id = getattr(frame, "conversation", None)
                self._later(client_id, conversation_id, "storage_busy", AWAY_MESSAGE, 2.0)

    def end(self) -> None:
        """Show nothing more: the sign-in has ended."""
        self._connection.close(NOT_SIGNED_IN, "Sign in again.")

    def stop(self) -> None:
        """Follow nothing any more."""
        self._services.hub.agent_went(self._agent.id, self)
        self._services.line_board.hide(self._connection)
        for thread in self._threads.values():
            thread.stop()

    def adopt(self, row: Row | AgentRow) -> None:
        """Follow a conversation that has become the agent's, on this or another device."""
        conversation_id = row.id
        if conversation_id not in self._threads:
            thread = AgentThread(
                self._services,
                self._connection,
                self._agent,
                conversation_id,
                customer={"id": row.customer_id, "name": row.customer_name},
                language=row.language,
                on_gone=lambda: self._threads.pop(conversation_id, None),
            )
            self._threads[conversation_id] = thread
            thread.listen()

    def show_session(self, session: OpenSession | None, offers: Sequence[ShownOffer]) -> None:
        """Show the session and its offers on this device too."""
        was_online = self._offers.online
        self._offers.show(session, offers)
        if self._offers.online != was_online:
            self._switched(session)

    def _switched(self, session: OpenSession | None) -> None:
        since = session and session.started_at.isoformat()
        self._connection.send({"type": "online", "online": session is not None, "since": since})
        if session is not None:
            self._services.line_board.show(self._connection)
        else:
            self._services.line_board.hide(self._connection)

    # ------------------------------------------------------------ hello

    async def _welcome(self, hello: AgentHello) -> None:
        services = self._services
        online = await services.online.of(self._agent.id)
        rows = await services.store.of_agent(self._agent.id)
        for row in rows:
            self.adopt(row)
        cards = [await self._threads[row.id].card(row) for row in rows]
        agent = asdict(self._agent)
        del agent["disabled"]
        self._connection.send(
            {
                "type": "welcome",
                "agent": agent,
                "online": online is not None,
                "online_since": online and online.started_at.isoformat(),
                "conversations": cards,
            }
        )
        for row in rows:
            if row.id in hello.watching:
                await self._threads[row.id].open(hello.watching[row.id])
            else:
                self._threads[row.id].start(row.version)
        await self._offers.refresh()
        if online is not None:
            self._switched(online)

    async def _check_sign_in(self) -> None:
        now = self._services.clock.now()
        if (now - self._checked_at).total_seconds() < SIGN_IN_CHECK_SECONDS:
            return
        self._checked_at = now
        if not await self._services.identity.still_signed_in(self.sign_in):
            self.end()
            raise Closed

    # ------------------------------------------------------------ frames

    async def _answer(self, frame: Any) -> None:
        match frame:
            case AgentSend() | ReturnToQueueFrame() | ResolveFrame() if (
                wait_seconds := self._order.wait_seconds(frame.client_id, time.monotonic())
            ):
                client_id, conversation_id = frame.client_id, frame.conversation
                self._later(client_id, conversation_id, "in_order", IN_ORDER_MESSAGE, wait_seconds)
            case AgentSend():
                await self._say(frame)
            case ReturnToQueueFrame():
                back = ReturnToQueue(self._agent.id)
                await self._do(frame.client_id, frame.conversation, back)
            case ResolveFrame():
                who = self._agent
                resolve = Resolve(who.id, who.name, frame.reason, frame.note, frame.seen)
                await self._do(frame.client_id, frame.conversation, resolve)
            case OpenConversation():
                await self._open(frame)
            case GoOnline() | GoOffline() | ChooseFrame() | PauseFrame() | ResumeFrame():
                await self._offer(frame)
            case OfferSeen() | AcceptOffer() | DeclineOffer() | TakeFrame():
                await self._offer(frame)
            case Ping():
                self._connection.send({"type": "pong"})
            case AgentTyping() | AgentRead() | CloseConversation() | AgentHistory():
                await self._in_thread(frame)
            case _:
                self._connection.fail("hello_again", "You have said hello already.")

    async def _say(self, frame: AgentSend) -> None:
        services, agent = self._services, self._agent
        try:
            attachments = await use_attachments(
                services.pool,
                frame.attachments,
                conversation_id=frame.conversation,
                uploader=Uploader("agent", agent.id),
                client_id=frame.client_id,
            )
        except Refused as refused:
            self._refuse(frame.client_id, frame.conversation, refused)
            return
        say = SayAsAgent(agent.id, agent.name, frame.client_id, frame.text, attachments)
        await self._do(frame.client_id, frame.conversation, say)

    async def _show_taken_everywhere(self, client_id: str, conversation_id: str) -> None:
        # The ack comes once every device of the agent follows, so that nothing is missed.
        row = await self._services.store.find(conversation_id)
        if row is not None and row.agent_id == self._agent.id:
            for session in self._services.hub.sessions_of(self._agent.id):
                session.adopt(row)
                await session.show_taken(row)
        self._ack(client_id, conversation_id, row.version if row else 0)

    async def show_taken(self, row: Row) -> None:
        """Show a conversation that was taken a moment ago, if it is still the agent's."""
        thread = self._threads.get(row.id)
        if thread is not None:
            thread.send_card()
            await thread.open(0, row)

    async def _open(self, frame: OpenConversation) -> None:
        thread = self._threads.get(frame.conversation)
        if thread is None:
            row = await self._services.store.find(frame.conversation)
            now = self._services.clock.now()
            if row is None or not row.readable_by(self._agent.id, now):
                self._connection.fail(
                    "not_yours",
                    "This conversation isn't with you.",
                    conversation=frame.conversation,
                )
                return
            self.adopt(row)
            thread = self._threads[row.id]
        await thread.open(frame.after)

    async def _offer(self, frame: Any) -> None:
        client_id = getattr(frame, "client_id", None)
        conversation_id = getattr(frame, "conversation", None)
        try:
            taken = await self._offers.answer(frame)
        except Refused as refused:
            self._refuse(client_id, conversation_id, refused)
        except StorageBusy as busy:
            seconds = busy.retry_after_seconds
            self._later(client_id, conversation_id, "storage_busy", AWAY_MESSAGE, seconds)
        else:
            if taken is not None:
                await self._show_taken_everywhere(frame.client_id, taken)
            elif client_id is not None:
                self._connection.send({"type": "ack", "client_id": client_id, "version": 0})

    async def _in_thread(
        self, frame: AgentTyping | AgentRead | CloseConversation | AgentHistory
    ) -> None:
        thread = self._threads.get(frame.conversation)
        if thread is None:
            return
        match frame:
            case AgentTyping():
                thread.typing()
            case AgentRead():
                thread.read(frame.version)
            case CloseConversation():
                thread.opened = False
            case AgentHistory():
                await thread.history(frame.before, frame.limit)

    async def _do(self, client_id: str, conversation_id: str, command: Command) -> None:
        version = await self._execute(client_id, conversation_id, command)
        if version is not None:
            self._ack(client_id, conversation_id, version)

    async def _execute(self, client_id: str, conversation_id: str, command: Command) -> int | None:
        try:
            outcome = await self._services.store.execute(
                conversation_id, command, f"agent:{self._agent.id}"
            )
        except Refused as refused:
            self._refuse(client_id, conversation_id, refused)
        except StorageBusy as busy:
            seconds = busy.retry_after_seconds
            self._later(client_id, conversation_id, "storage_busy", AWAY_MESSAGE, seconds)
        else:
            self._order.done(client_id)
            return outcome.version
        return None

    def _ack(self, client_id: str, conversation_id: str, version: int) -> None:
        self._connection.send(
            {
                "type": "ack",
                "client_id": client_id,
                "conversation": conversation_id,
                "version": version,
            }
        )

    def _later(
        self,
        client_id: str | None,
        conversation_id: str | None,
        code: str,
        message: str,
        retry_after_seconds: float,
    ) -> None:
        if client_id is not None:
            self._order.send_again(client_id, time.monotonic() + retry_after_seconds)
        self._services.metrics.refused(code)
        self._connection.fail(
            code,
            message,
            client_id=client_id,
            conversation=conversation_id,
            retry_after_seconds=retry_after_seconds,
        )

    def _refuse(self, client_id: str | None, conversation_id: str | None, refused: Refused) -> None:
        if client_id is not None:
            self._order.done(client_id)
        self._services.metrics.refused(refused.code)
        self._connection.fail(
            refused.code, refused.message, client_id=client_id, conversation=conversation_id
        )
