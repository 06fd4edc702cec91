"""A model of any provider, asked with a deadline, a budget and no hands.

It gets no tools: what it may answer is a closed form or words, and neither does anything by
itself. pydantic-ai's approvals and its strategies for tools that run beside a final answer
therefore bear no weight here. Whatever goes wrong is a `ReadingError` with one word for why.

pydantic-ai is imported when the first request is made: a desk without a model never loads it.
"""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar
from urllib.parse import urlsplit

import psycopg
import psycopg_pool
import structlog

from alltid.assistant.dialogue.understander import ReadingError
from alltid.assistant.model.budget import Budget, Circuit, Prices, Spent, spent
from alltid.assistant.model.spending import MemorySpending, Spending

log = structlog.get_logger(__name__)

Output = TypeVar("Output")
AT_ONCE: Final = 16
RESPONSE_BYTES_MAX: Final = 1_048_576
RETRIES_MOST: Final = 1
_RETRY_PAUSE_SECONDS: Final = 0.2
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
# Characters a token, at least: what a provider that counts nothing is taken to have counted.
_CHARACTERS_A_TOKEN: Final = 3
WORDS_CHARACTERS_MAX: Final = 8_000
_STORAGE_AWAY: Final = (
    psycopg.Error,
    psycopg_pool.PoolTimeout,
    psycopg_pool.TooManyRequests,
    OSError,
)


class ModelError(ReadingError):
    """A model that failed; `wait_seconds` is how long its provider wants to be left alone."""

    def __init__(self, why: str, wait_seconds: float | None = None) -> None:
        super().__init__(why)
        self.wait_seconds = wait_seconds


class NotAskedError(ModelError):
    """A model that wasn't asked, through no fault of its own."""


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """Which model, and what it may use. `model` is "provider:name"; `api_key` is never shown."""

    model: str
    base_url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    timeout_seconds: float = 8.0
    budget: Budget = field(default_factory=lambda: Budget(200_000))
    prices: Prices = field(default_factory=Prices)


@dataclass(frozen=True)
class Asked(Generic[Output]):
    """What a model answered, what it cost, and what the conversation has cost by now."""

    output: Output
    spent: Spent
    total: Spent


class ModelProvider:
    """Asks one model for any number of conversations."""

    def __init__(
        self,
        options: ModelOptions,
        *,
        model: Any = None,
        spending: Spending | None = None,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        """Ask the model that the options name, or `model`, a model object of pydantic-ai.

        What conversations use up is kept in `spending`, else in memory.
        """
        self.options = options
        self._spending = spending or MemorySpending()
        self.circuit = Circuit()
        self._model = model
        self._client: Any = None
        self._steady = steady
        self._at_once = asyncio.Semaphore(AT_ONCE)

    @property
    def name(self) -> str:
        """What the trace calls it."""
        return self.options.model

    async def ask(
        self,
        conversation_id: str,
        instructions: str,
        prompt: str,
        output: type[Output],
        *,
        seconds: float,
        tokens_max: int,
    ) -> Asked[Output]:
        """Return the model's answer in the form of `output`. Raises ReadingError."""
        async with self._allowed(seconds) as until:
            for attempt in range(RETRIES_MOST + 1):
                try:
                    return await self._once(
                        conversation_id, instructions, prompt, output, until, tokens_max
                    )
                except ModelError as error:
                    again = str(error) == "unavailable" and attempt < RETRIES_MOST
                    if not again or until - self._steady() < seconds / 2:
                        raise
                    await asyncio.sleep(_RETRY_PAUSE_SECONDS)
        raise AssertionError

    async def _once(
        self,
        conversation_id: str,
        instructions: str,
        prompt: str,
        output: type[Output],
        until: float,
        tokens_max: int,
    ) -> Asked[Output]:
        runner = await self._runner(instructions, output)
        reserved = await self._reserve(conversation_id, instructions, prompt)
        left = until - self._steady()
        with _plain_errors():
            result = await runner.run(prompt, model_settings=_settings(left, tokens_max))
        usage = result.usage
        read = usage.input_tokens or reserved.input_tokens
        cost = spent(read, usage.output_tokens, self.options.prices)
        return Asked(result.output, cost, await self._settle(conversation_id, cost, reserved))

    @asynccontextmanager
    async def stream(
        self,
        conversation_id: str,
        instructions: str,
        prompt: str,
        *,
        seconds: float,
        tokens_max: int,
    ) -> AsyncIterator[AsyncIterator[str]]:
        """Yield the model's words as they come. Raises ReadingError, in the middle too.

        Leaving it early ends the request; what was written until then is booked.
        """
        async with self._allowed(seconds) as until:
            runner = await self._runner(instructions, str)
            reserved = await self._reserve(conversation_id, instructions, prompt)
            settings = _settings(until - self._steady(), tokens_max)
            said: list[str] = []
            try:
                async with AsyncExitStack() as stack:
                    with _plain_errors():
                        opened = runner.run_stream(prompt, model_settings=settings)
                        result = await stack.enter_async_context(opened)
                    words = result.stream_text(delta=True, debounce_by=None)
                    stack.push_async_callback(_closed, words)
                    yield await stack.enter_async_context(aclosing(_counted(words, said)))
            finally:
                wrote = sum(map(len, said)) // _CHARACTERS_A_TOKEN
                cost = spent(reserved.input_tokens, wrote, self.options.prices)
                await self._settle(conversation_id, cost, reserved)

    async def total(self, conversation_id: str) -> Spent:
        """Return what a conversation has used up; nothing where it can't be known now."""
        try:
            return await self._spending.total(conversation_id)
        except _STORAGE_AWAY:
            return Spent()

    async def warm_up(self) -> None:
        """Load what the first request would otherwise wait for; a model that can't be is said."""
        try:
            await self._runner("", str)
        except ModelError as error:
            log.warning("model_not_ready", model=self.name, why=str(error))

    async def close(self) -> None:
        """Let go of the connections."""
        if self._client is not None:
            await self._client.aclose()

    # ------------------------------------------------------------ around a request

    @asynccontextmanager
    async def _allowed(self, seconds: float) -> AsyncIterator[float]:
        """Hold the circuit and the clock around a request; yield its end."""
        began = self._steady()
        if not self.circuit.may_ask(began):
            raise ModelError("resting")
        seconds = min(seconds, self.options.timeout_seconds)
        until = began + seconds
        try:
            async with asyncio.timeout(seconds), self._at_once:
                yield until
        except TimeoutError:
            self.circuit.failed(self._steady())
            raise ModelError("timeout") from None
        except asyncio.CancelledError:
            # Whoever asked had no more time.
            self.circuit.failed(self._steady())
            raise
        except NotAskedError:
            self.circuit.not_asked(began)
            raise
        except ModelError as error:
            self.circuit.failed(self._steady(), error.wait_seconds)
            raise
        self.circuit.went_well()

    async def _reserve(self, conversation_id: str, instructions: str, prompt: str) -> Spent:
        """Book what a request will read, before it is made. Raises NotAskedError."""
        reads = (len(instructions) + len(prompt)) // _CHARACTERS_A_TOKEN
        cost = spent(reads, 0, self.options.prices)
        try:
            booked = await self._spending.reserve(conversation_id, cost, self.options.budget)
        except _STORAGE_AWAY as error:
            log.warning("model_spending_unknown", error=type(error).__name__)
            raise NotAskedError("books") from None
        if not booked:
            raise NotAskedError("budget")
        return cost

    async def _settle(self, conversation_id: str, cost: Spent, reserved: Spent) -> Spent:
        """Book what a request cost beyond what was reserved; return the conversation's sum."""
        try:
            return await self._spending.settle(conversation_id, cost.since(reserved))
        except _STORAGE_AWAY as error:
            log.warning("model_spending_lost", error=type(error).__name__)
            return cost

    async def _runner(self, instructions: str, output: type[Any]) -> Any:
        if self._model is None:
            self._model = await asyncio.to_thread(self._made)
        from pydantic_ai import Agent as ModelRunner

        return ModelRunner(
            self._model,
            output_type=output,
            instructions=instructions,
            retries=0,
            end_strategy="early",
        )

    def _made(self) -> Any:
        """Make the model that the options name. Raises ReadingError where it can't be."""
        from pydantic_ai.exceptions import UserError
        from pydantic_ai.models import infer_model
        from pydantic_ai.providers import infer_provider_class

        options = self.options
        kind, _, name = options.model.partition(":")
        # An endpoint that speaks like OpenAI's speaks its older, common language.
        if kind == "openai" and options.base_url is not None:
            kind = "openai-chat"
        kind = {"google-gla": "google"}.get(kind, kind)

        def provider(provider_name: str) -> Any:
            made = infer_provider_class(provider_name)
            takes = inspect.signature(made.__init__).parameters
            wanted = {
                "api_key": options.api_key,
                "base_url": options.base_url,
                "http_client": self._http_client(),
            }
            given = {
                key: value for key, value in wanted.items() if key in takes and value is not None
            }
            return made(**given)

        try:
            return infer_model(f"{kind}:{name}", provider_factory=provider)
        except (UserError, ValueError, ImportError, TypeError) as error:
            log.warning("model_unusable", model=options.model, error=type(error).__name__)
            raise ModelError("unusable") from None

    def _http_client(self) -> Any:
        import httpx2

        from alltid.assistant.model.bounded_stream import bounded

        if self._client is None:
            # A machine's proxies are for other machines.
            here = urlsplit(self.options.base_url or "").hostname in _LOOPBACK
            self._client = httpx2.AsyncClient(
                timeout=self.options.timeout_seconds,
                headers={"Accept-Encoding": "identity"},
                event_hooks={"response": [bounded(RESPONSE_BYTES_MAX)]},
                trust_env=not here,
            )
        return self._client


def _settings(seconds: float, tokens_max: int) -> Any:
    """Return what every request is bound by; the SDKs' own retries are off."""
    seconds = max(seconds, 0.05)
    return {"max_tokens": tokens_max, "timeout": seconds, "max_retries": 0}


async def _closed(words: Any) -> None:
    """End a stream that is left early; the library's own way out of it isn't always clean."""
    with suppress(RuntimeError):
        await words.aclose()


async def _counted(words: AsyncIterator[str], said: list[str]) -> AsyncGenerator[str]:
    """Pass words on, keeping what was said; what is endless is cut."""
    characters = 0
    with _plain_errors():
        async for word in words:
            said.append(word)
            characters += len(word)
            if characters > WORDS_CHARACTERS_MAX:
                raise ModelError("too_long")
            yield word


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Turn whatever a provider or its library raises into one word."""
    try:
        yield
    except (TimeoutError, ReadingError):
        raise
    except Exception as error:  # noqa: BLE001  whatever a model does, the customer is answered
        why = _why(error)
        # Never the message: it may hold a key, a prompt or what a customer wrote.
        log.info("model_failed", why=why, error=type(error).__name__)
        raise ModelError(why, _wait_seconds(error)) from None


def _why(error: Exception) -> str:
    from pydantic_ai import exceptions as of

    words: tuple[tuple[tuple[type[Exception], ...], str], ...] = (
        ((of.ModelRateLimitError, of.ModelQuotaExceededError), "rate_limited"),
        ((of.ModelTimeoutError, of.ModelRequestTimeout), "timeout"),
        ((of.ModelRequestRejectedError,), "refused"),
        ((of.ModelUnavailableError, of.ModelServerError, of.ModelConnectionError), "unavailable"),
        ((of.UnexpectedModelBehavior,), "garbage"),
    )
    return next((why for kinds, why in words if isinstance(error, kinds)), "failed")


def _wait_seconds(error: Exception) -> float | None:
    """Return what the provider asks to wait, where it says so in seconds."""
    waits = getattr(error, "retry_after", None)
    if waits is None:
        headers = getattr(getattr(error, "__cause__", None), "response", None)
        waits = getattr(headers, "headers", {}).get("retry-after")
    try:
        return float(waits)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
