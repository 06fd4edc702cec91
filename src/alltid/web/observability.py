"""What operators see: figures for Prometheus, logs without personal data, traces on request."""

from __future__ import annotations

import logging
import logging.config
import sys
import traceback
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from typing import Any, Final, Literal

import structlog
from fastapi import FastAPI
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
)

from alltid.conversations.events import Author, MessageSent

# Keys whose values are customers' words, personal data or secrets: never in a log.
WITHHELD: Final = frozenset(
    {
        "address",
        "authorization",
        "body",
        "claims",
        "comment",
        "content",
        "cookie",
        "customer_name",
        "data",
        "display_name",
        "email",
        "file_name",
        "ip",
        "message_text",
        "name",
        "note",
        "password",
        "payload",
        "phone",
        "secret",
        "subject",
        "text",
        "ticket",
        "token",
        "user_agent",
    }
)
_FRAMES_MAX: Final = 12
_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_SIZES: Final = (1, 2, 4, 8, 16, 32, 64, 128, 256)


class Metrics:
    """The figures of one desk, in a registry of their own; `/metrics` shows them."""

    def __init__(self) -> None:
        registry = CollectorRegistry()
        self.registry = registry
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        self.messages_stored = Counter(
            "alltid_messages_stored", "Messages stored durably", ["author"], registry=registry
        )
        self.group_size = Histogram(
            "alltid_group_size", "Commands in one commit", buckets=_SIZES, registry=registry
        )
        self.commit_seconds = Histogram(
            "alltid_commit_seconds",
            "Seconds from taking a group to its commit",
            buckets=_SECONDS,
            registry=registry,
        )
        self.commands_queued = Gauge(
            "alltid_commands_queued", "Commands that wait for the next group", registry=registry
        )
        self.sockets_open = Gauge(
            "alltid_sockets_open", "Open sockets", ["kind"], registry=registry
        )
        self.waiting = Gauge("alltid_waiting", "Customers who wait for a person", registry=registry)
        self.longest_wait_seconds = Gauge(
            "alltid_longest_wait_seconds", "Seconds the first in line has waited", registry=registry
        )
        self.agents_online = Gauge("alltid_agents_online", "Agents online", registry=registry)
        self.human_answer_seconds = Histogram(
            "alltid_human_answer_seconds",
            "Seconds from asking for a person to that person's first words",
            buckets=(5, 15, 30, 60, 120, 180, 300, 600, 1800, 3600),
            registry=registry,
        )
        self.assistant_replies = Counter(
            "alltid_assistant_replies", "Replies of the assistant", ["outcome"], registry=registry
        )
        self.refusals = Counter(
            "alltid_refusals", "Commands and requests refused", ["code"], registry=registry
        )
        self.promise_breaches = Counter(
            "alltid_promise_breaches", "Promises found broken", ["promise"], registry=registry
        )
        self.sockets_now = 0

    @contextmanager
    def socket(self, kind: Literal["customer", "agent"]) -> Iterator[None]:
        """Count a socket for as long as it is open."""
        self.sockets_now += 1
        try:
            with self.sockets_open.labels(kind).track_inprogress():
                yield
        finally:
            self.sockets_now -= 1

    def message(self, event: MessageSent) -> None:
        """Count a stored message, and what became of it if it is a reply of the assistant."""
        self.messages_stored.labels(event.author.value).inc()
        if event.author is Author.ASSISTANT and event.in_reply_to is not None:
            outcome = "offered_human" if event.offers_human else "answered"
            self.assistant_replies.labels(outcome).inc()

    def refused(self, code: str) -> None:
        """Count a refusal by its code."""
        self.refusals.labels(code).inc()


def configure_logging(
    log_format: Literal["auto", "console", "json"] = "auto", level: str = "info"
) -> None:
    """Send every log line of the process, ours and the libraries', to standard error.

    JSON, one object a line, unless a person watches (`auto` asks whether it is a terminal).
    """
    as_json = log_format == "json" or (log_format == "auto" and not sys.stderr.isatty())
    before: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        withhold,
        exception_without_words,
    ]
    rendering: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(sort_keys=True)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=before,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, rendering],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for talkative in ("httpx", "httpcore", "procrastinate", "uvicorn", "websockets", "asyncio"):
        logging.getLogger(talkative).setLevel(max(logging.WARNING, root.level))
        logging.getLogger(talkative).handlers.clear()
        logging.getLogger(talkative).propagate = True
    # psycopg's pool repeats the server's words about a failed connection.
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)
    structlog.configure(
        processors=[*before, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def withhold(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Take out what must not be logged, at any depth, and say that something was there."""
    taken: set[str] = set()
    for key in list(event):
        if key in WITHHELD:
            del event[key]
            taken.add(key)
        elif isinstance(event[key], Mapping):
            event[key] = _without(event[key], taken)
    if taken:
        event["withheld"] = sorted(taken)
    return event


def exception_without_words(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Write an exception as its kinds and places: its message may repeat a row or an input."""
    info = event.pop("exc_info", None)
    error = info[1] if isinstance(info, tuple) else info
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, BaseException):
        event["exception"] = [_kind_and_place(each) for each in _chain(error)]
        frames = traceback.extract_tb(error.__traceback__)[-_FRAMES_MAX:]
        event["frames"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return event


def configure_tracing(app: FastAPI, endpoint: str | None) -> None:
    """Send traces to an OpenTelemetry collector at `endpoint`; without one, do nothing.

    Call it before the database's pool opens. Sockets, files and the health of the desk are
    not traced: an address of a file carries its ticket. Raises RuntimeError with a sentence
    when the optional packages are missing.
    """
    if endpoint is None:
        return
    try:
        from opentelemetry import trace
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
        from opentelemetry.instrumentation.psycopg import PsycopgInstrumentor
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise RuntimeError(
            "An OpenTelemetry endpoint is set, and its packages are missing: install alltid[otel]."
        ) from error
    provider = TracerProvider(resource=Resource.create({"service.name": "alltid"}))
    exporter = OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    PsycopgInstrumentor().instrument(tracer_provider=provider)
    FastAPIInstrumentor.instrument_app(
        app,
        tracer_provider=provider,
        excluded_urls="healthz,readyz,metrics,api/attachments,socket,static",
    )


def _without(values: Mapping[str, Any], taken: set[str]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for key, value in values.items():
        if key in WITHHELD:
            taken.add(key)
        else:
            kept[key] = _without(value, taken) if isinstance(value, Mapping) else value
    return kept


def _chain(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and len(found) < _FRAMES_MAX:
        found.append(current)
        current = current.__cause__ or current.__context__
    return found


def _kind_and_place(error: BaseException) -> str:
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    frames = traceback.extract_tb(error.__traceback__)
    return f"{kind} at {frames[-1].filename}:{frames[-1].lineno}" if frames else kind
