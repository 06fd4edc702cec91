"""The running desk: every part put together, started in order and stopped in order."""

from __future__ import annotations

import asyncio
import contextlib
import secrets  # noqa: TID251  handed to the parts that make tokens
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

import psycopg
import structlog
from fastapi import FastAPI
from psycopg_pool import AsyncConnectionPool

from alltid.assistant.answerer import opening
from alltid.assistant.knowledge import Knowledge
from alltid.assistant.understanding import wish_for_human
from alltid.assistant.worker import AssistantWorker
from alltid.conversations.aggregate import ConversationAggregate
from alltid.conversations.attachments import (
    AttachmentLimits,
    AttachmentTickets,
    Uploader,
    delete_unused,
)
from alltid.conversations.conversation import Conversation
from alltid.conversations.events import Fact, MessageSent
from alltid.conversations.marks import Mark, Marks, Party
from alltid.conversations.state import moves_the_line
from alltid.conversations.store import ConversationStore, ConversationWriter
from alltid.conversations.webhook_events import enqueue_webhooks, wants_webhook
from alltid.desk.assistant_later import AssistantLater
from alltid.desk.dispatching import Dispatching
from alltid.desk.example import pages, seed_example, with_example
from alltid.desk.loops import keep_running, until_done
from alltid.desk.part import Ground
from alltid.desk.parts import build_parts
from alltid.dispatch.housekeeping import Housekeeping
from alltid.dispatch.queue import Line, Queue
from alltid.insights.overview import Overview
from alltid.insights.promise_monitor import PromiseMonitor
from alltid.kernel.clock import SystemClock
from alltid.kernel.ids import SystemIds
from alltid.kernel.tasks import end_tasks
from alltid.settings import Settings
from alltid.storage.database import connect, open_pool
from alltid.storage.group_writer import Committed, GroupWriter
from alltid.storage.jobs import JobRunner
from alltid.storage.notifications import CONVERSATIONS, SIGNALS, Listener, Signals
from alltid.storage.webhooks import TASK, WebhookSender
from alltid.web.agent_line import LineBoard
from alltid.web.app import create_app, describe_app, load_the_rest
from alltid.web.http_server import serve
from alltid.web.hub import Hub
from alltid.web.identity.identity import Identity
from alltid.web.identity.keys import derive_key
from alltid.web.identity.rules import identity_rules
from alltid.web.observability import Metrics, configure_tracing
from alltid.web.pages import load_assets
from alltid.web.services import Services
from alltid.web.uploads import Uploads

log = structlog.get_logger(__name__)

ASSISTANT_NAME: Final = "Alva"
WARM_UP_SECONDS: Final = 20.0


async def run(
    settings: Settings, *, listener: socket.socket, report: Callable[[str], None]
) -> None:
    """Run the desk on `listener` until cancelled; the database is migrated already."""
    desk = await Desk.open(settings, report)

    def serving() -> None:
        desk.answerer.serves.set()
        report("serving")

    try:
        await serve(
            desk.app,
            listener,
            trusted_proxies=settings.trusted_proxies,
            on_serving=serving,
        )
    finally:
        await desk.close()


def api_description() -> dict[str, Any]:
    """Return the OpenAPI description of the HTTP interface."""
    return describe_app().openapi()


class Desk:
    """All the parts of one process. `open` starts them, `close` stops them."""

    def __init__(self, settings: Settings, pool: AsyncConnectionPool[Any]) -> None:
        """Put the parts together; nothing runs yet."""
        self._settings = settings = with_example(settings)
        self._database_url = _database_url(settings)
        self._pool = pool
        self._clock = SystemClock()
        self._ids = SystemIds()
        self._process_id = self._ids.new()
        self._tasks: list[asyncio.Task[None]] = []
        self.metrics = Metrics()
        self.hub = Hub()
        self.line_board = LineBoard(self._clock)
        self.writer = self._writer()
        self.store = ConversationStore(self.writer, pool)
        self.signals = Signals(self._process_id, pool, self.hub.signal)
        self.marks = Marks(pool, self._marked)
        self.queue = Queue(pool, self._clock, self._line_changed)
        self.monitor = PromiseMonitor(pool, self._clock, self._breached)
        self.overview = Overview(pool, settings.answer_target_seconds)
        self.jobs = self._job_runner()
        self._knowledge = Knowledge(pool)
        self.dispatching = Dispatching(self._ground(), self._knowledge, self.queue.touch)
        self.online = self.dispatching.online
        self.housekeeping = Housekeeping(
            self.store, self.online, self.queue, self._clock, self.hub.connected_agents
        )
        self.parts = build_parts(self._ground())
        self.answerer = AssistantLater(
            self._ground(), self._knowledge, self.parts, assistant_name=ASSISTANT_NAME
        )
        self.assistant = self._assistant()
        for part in self.parts:
            if part.on_hooks is not None:
                part.on_hooks(self.dispatching.hooks)
        self.app = self._web()
        for part in self.parts:
            setattr(self.app.state, part.name, part.service)

    @classmethod
    async def open(cls, settings: Settings, report: Callable[[str], None]) -> Desk:
        """Open the pool, seed the example in the demo, and start every part."""
        pool = await open_pool(_database_url(settings), max_size=settings.database_connections)
        try:
            desk = cls(settings, pool)
            configure_tracing(desk.app, settings.otel_endpoint)
            if settings.demo:
                report("example company")
                await seed_example(pool, desk._clock, desk._ids)
            await desk._start()
        except BaseException:
            await pool.close()
            raise
        return desk

    async def close(self) -> None:
        """Write what is queued, then stop everything."""
        await self.writer.close()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(self._writing), 5.0)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.marks.flush(), 2.0)
        await end_tasks((*self._tasks, self._writing))
        await self.jobs.stop()
        await self._pool.close()

    async def _start(self) -> None:
        await self.online.seen(())
        await self.queue.look()
        self._writing = asyncio.create_task(self.writer.run(), name="writer")
        channels = {CONVERSATIONS: self._noticed, SIGNALS: self.signals.receive}
        channels |= self.dispatching.channels()
        for part in self.parts:
            channels |= part.on_notice
            if part.start is not None:
                await part.start()
        # Who has begun to watch the line sees how it stands.
        self.hub.line_changed(self.queue.line)
        listener = Listener(self._connect, channels, self._gap)
        loops: dict[str, Callable[[], Awaitable[None]]] = {
            "listener": listener.run,
            "signals": self.signals.run,
            "marks": self.marks.run,
            "queue": self.queue.run,
            "monitor": self.monitor.run,
            "monitor sweep": self.monitor.run_sweep,
            "housekeeping": self.housekeeping.run,
            "assistant": self._assist,
            "overview": lambda: self.overview.run(self._clock),
        }
        loops |= self.dispatching.loops() | self.answerer.loops()
        of_parts = [each for part in self.parts for each in part.loops.items()]
        self._warming = asyncio.create_task(until_done("warm up", self.answerer.warm_up))
        rest = until_done("routes", lambda: load_the_rest(self.app, self.answerer.serves))
        self._tasks += [self._warming, asyncio.create_task(rest)]
        for name, loop in (*loops.items(), *of_parts):
            self._tasks.append(asyncio.create_task(keep_running(name, loop), name=name))
        await self.jobs.start()

    async def _assist(self) -> None:
        """Answer once all is loaded: a late answer is better than an apology."""
        await asyncio.wait({self._warming}, timeout=WARM_UP_SECONDS)
        await self.assistant.run()

    # ------------------------------------------------------------ parts

    def _writer(self) -> ConversationWriter:
        webhooks = self._settings.webhook_url is not None
        aggregate = ConversationAggregate(
            self._process_id,
            wants_job=wants_webhook if webhooks else lambda _change: False,
            enqueue=enqueue_webhooks,
        )
        return GroupWriter(
            aggregate,
            self._connect,
            self._clock,
            on_commit=self._committed,
            on_group=self._group_written,
        )

    def _ground(self) -> Ground:
        assert self._settings.secret_key is not None  # noqa: S101  the command line kept one
        secret_key = self._settings.secret_key.get_secret_value()
        return Ground(
            settings=self._settings,
            process_id=self._process_id,
            pool=self._pool,
            connect=self._connect,
            clock=self._clock,
            ids=self._ids,
            store=self.store,
            hub=self.hub,
            signals=self.signals,
            jobs=self.jobs,
            key_for=lambda purpose: derive_key(secret_key, purpose),
        )

    def _job_runner(self) -> JobRunner:
        jobs = JobRunner(self._pool, self._clock)
        settings = self._settings
        if settings.webhook_url is not None and settings.webhook_secret is not None:
            secret = settings.webhook_secret.get_secret_value()
            jobs.add_task(TASK, WebhookSender(settings.webhook_url, secret, self._clock).deliver)
        jobs.add_sweep("unused files", delete_unused)
        return jobs

    def _assistant(self) -> AssistantWorker:
        company = self._settings.company_name
        return AssistantWorker(
            self.store,
            self.answerer,
            self._clock,
            worker_id=self._process_id,
            company=company,
            assistant_name=ASSISTANT_NAME,
            on_writing=self._assistant_writes,
        )

    def _assistant_writes(self, conversation_id: str) -> None:
        signal = {"type": "typing", "by": "assistant", "name": ASSISTANT_NAME}
        self.signals.send(conversation_id, signal)

    def _web(self) -> FastAPI:
        settings = self._settings
        assert settings.secret_key is not None  # noqa: S101  the command line kept one
        secret_key = settings.secret_key.get_secret_value()
        identity = Identity.of(
            identity_rules(settings, secret_key),
            self._pool,
            self._clock,
            self._ids,
            secrets.token_bytes,
        )
        tickets = AttachmentTickets(derive_key(secret_key, "attachment tickets"))
        services = Services(
            company=settings.company_name,
            assistant_name=ASSISTANT_NAME,
            sockets_limit=settings.sockets_limit,
            pool=self._pool,
            clock=self._clock,
            identity=identity,
            store=self.store,
            marks=self.marks,
            signals=self.signals,
            hub=self.hub,
            queue=self.queue,
            line_board=self.line_board,
            online=self.online,
            acceptance=self.dispatching.acceptance,
            offers=self.dispatching.book,
            quotes=self.dispatching.quotes,
            capacity=self.dispatching.capacity,
            topic_names=self.dispatching.topic_names,
            tickets=tickets,
            overview=self.overview,
            metrics=self.metrics,
            opening=lambda language: opening(language, settings.company_name),
            wants_human=lambda text: wish_for_human(text).wanted,
        )
        files = Uploads(
            self._pool,
            identity,
            self._may_post,
            tickets,
            AttachmentLimits(file_bytes=settings.upload_limit_bytes),
        )
        return create_app(
            services,
            files,
            load_assets(settings.widget_origins),
            extra_routers=pages(settings, self._knowledge, self._clock),
        )

    async def _may_post(self, conversation_id: str, who: Uploader) -> bool:
        row = await self.store.find(conversation_id)
        if row is None:
            return False
        return who.id == (row.customer_id if who.kind == "customer" else row.agent_id)

    async def _connect(self) -> psycopg.AsyncConnection[Any]:
        return await connect(self._database_url)

    # ------------------------------------------------------------ what happens

    def _committed(self, commits: Sequence[Committed[Conversation, Fact]]) -> None:
        self.hub.publish(commits)
        self.dispatching.committed(commits)
        for commit in commits:
            before, after = commit.before, commit.state
            if moves_the_line(before, after):
                self.queue.touch()
                self.dispatching.line_moved()
            if after.assistant_owes is not None and after.assistant_owes != before.assistant_owes:
                self.assistant.wake()
            if before.answered_at is None and after.answered_at and after.asked_at:
                waited = (after.answered_at - after.asked_at).total_seconds()
                self.metrics.human_answer_seconds.observe(waited)
            for fact in commit.facts:
                if isinstance(fact.event, MessageSent):
                    self.metrics.message(fact.event)
        self.monitor.wake.set()
        for part in self.parts:
            if part.on_commit is not None:
                part.on_commit(commits)

    def _group_written(self, size: int, seconds: float) -> None:
        self.metrics.group_size.observe(size)
        self.metrics.commit_seconds.observe(seconds)
        self.metrics.commands_queued.set(self.writer.queued)

    def _noticed(self, notice: Mapping[str, Any]) -> None:
        if notice.get("w") == self._process_id:
            return
        streams: Mapping[str, int] = notice.get("s", {})
        self.writer.forget(streams)
        for conversation_id, version in streams.items():
            self.hub.moved(conversation_id, version)
        if notice.get("q"):
            self.queue.touch()
            self.dispatching.line_moved()
        if notice.get("a"):
            self.assistant.wake()
        self.monitor.wake.set()

    def _gap(self) -> None:
        self.writer.forget_all()
        self.hub.resync()
        self.queue.touch()
        self.dispatching.gap()
        self.assistant.wake()
        self.monitor.wake.set()
        for part in self.parts:
            if part.on_gap is not None:
                part.on_gap()

    def _marked(self, conversation_id: str, party: Party, mark: Mark) -> None:
        signal = {
            "type": "marks",
            "party": party,
            "delivered": mark.delivered,
            "read": mark.read,
        }
        self.signals.send(conversation_id, signal)

    def _line_changed(self, line: Line) -> None:
        self.metrics.waiting.set(len(line.waiting))
        self.metrics.agents_online.set(line.online)
        now = self._clock.now()
        longest = (now - line.waiting[0].asked_at).total_seconds() if line.waiting else 0.0
        self.metrics.longest_wait_seconds.set(max(0.0, longest))
        self.monitor.watch_line(line)
        self.hub.line_changed(line)
        self.line_board.line_changed(line)

    def _breached(self, breach: Any) -> None:
        self.metrics.promise_breaches.labels(breach.promise).inc()


def _database_url(settings: Settings) -> str:
    assert settings.database_url is not None  # noqa: S101  the command line gives one
    return settings.database_url.get_secret_value()
