"""What an agent is offered beside a conversation: replies with their sources, and translations.

Without a model these are passages of articles and canned replies. With one, an answer is worded
from the passages, read by the guard as if it went to the customer; the agent sends it, or not.
It gets what the agent sees: masked, and of this conversation only.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol

import structlog

from alltid.assistant.dialogue.understander import ReadingError
from alltid.assistant.model.guard import Evidence
from alltid.assistant.model.guard_evidence import stems_of
from alltid.assistant.model.guard_words import fold
from alltid.assistant.model.provider import ModelProvider
from alltid.assistant.model.spending import AGENT_SIDE
from alltid.assistant.model.writer import ModelWriter, RefusedError
from alltid.kernel.refusal import Refused

log = structlog.get_logger(__name__)

PASSAGES_MOST: Final = 2
CANNED_MOST: Final = 2
SECONDS: Final = 5.0
_WORDS_SHARED_LEAST: Final = 2
_QUESTION_MAX: Final = 1_000

Kind = Literal["written", "passage", "canned"]
Search = Callable[[str, str], Awaitable[Sequence[Any]]]


class Canned(Protocol):
    """A canned reply, as far as it is chosen here."""

    @property
    def id(self) -> str:
        """Return its id."""
        ...

    @property
    def title(self) -> str:
        """Return its title."""
        ...

    @property
    def text(self) -> str:
        """Return its text, with its fields as they stand."""
        ...


@dataclass(frozen=True, slots=True)
class SuggestedReply:
    """A reply that an agent may take over: what it says, and what it rests on.

    `sources` are (title, address); `canned` is the id of a canned reply, which is filled in
    when it is inserted.
    """

    kind: Kind
    text: str
    sources: tuple[tuple[str, str], ...] = ()
    canned: str | None = None


class Copilot:
    """Suggests and translates for agents; `provider` is None without a model."""

    def __init__(
        self, search: Search, provider: ModelProvider | None = None, *, seconds: float = SECONDS
    ) -> None:
        """Search articles with `search`, and wait `seconds` for a model."""
        self._search = search
        self._provider = provider
        self._writer = None if provider is None else ModelWriter(provider, seconds=seconds)

    @property
    def has_model(self) -> bool:
        """Whether a model takes part."""
        return self._provider is not None

    async def replies(
        self, conversation_id: str, asked: str, language: str, canned: Sequence[Canned]
    ) -> list[SuggestedReply]:
        """Return replies to what the customer asked last, the best first; none to nothing."""
        if not asked.strip():
            return []
        found = list(await self._search(asked[:_QUESTION_MAX], language))[:PASSAGES_MOST]
        replies = [] if not found else await self._written(conversation_id, asked, language, found)
        replies += [
            SuggestedReply("passage", each.passage, ((each.title, each.url),)) for each in found
        ]
        return replies + _fitting(asked, canned)

    async def translated(self, conversation_id: str, text: str, language: str) -> str:
        """Return a text in another language with every figure as it was.

        Raises Refused: `needs_model`, `model_failed`, or `translation_refused` where the guard
        finds a figure that isn't the text's.
        """
        if self._writer is None:
            raise Refused("needs_model", "Translations need a model, and none is set up here.")
        try:
            return await self._writer.translated(_books(conversation_id), text, language)
        except RefusedError as refused:
            log.info("translation_refused", conversation=conversation_id, why=refused.reason)
            message = "The translation didn't keep every figure, so it isn't shown. Try again."
            raise Refused("translation_refused", message) from None
        except ReadingError as error:
            log.info("translation_failed", conversation=conversation_id, why=str(error))
            message = "The model could not be reached just now. Try again in a moment."
            raise Refused("model_failed", message) from None

    async def _written(
        self, conversation_id: str, asked: str, language: str, found: Sequence[Any]
    ) -> list[SuggestedReply]:
        if self._writer is None:
            return []
        passages = tuple(each.passage for each in found)
        evidence = Evidence(
            passages=(*passages, *(each.title for each in found)), from_passages=True
        )
        try:
            written = await self._writer.answer(
                _books(conversation_id), asked, passages, language, evidence
            )
        except (RefusedError, ReadingError) as error:
            log.info("suggestion_failed", conversation=conversation_id, why=str(error))
            return []
        if written is None:
            return []
        sources = tuple((found[each - 1].title, found[each - 1].url) for each in written.cites)
        return [SuggestedReply("written", written.text, sources)]


def _books(conversation_id: str) -> str:
    """Name the budget of the agent's side: the customer's is not spent by it."""
    return f"{AGENT_SIDE}{conversation_id}"


def _fitting(asked: str, canned: Sequence[Canned]) -> list[SuggestedReply]:
    """Return the canned replies that share the most words with what was asked."""
    wanted = stems_of(fold(asked))
    scored = [
        (len(wanted & stems_of(fold(f"{each.title} {each.text}"))), at, each)
        for at, each in enumerate(canned)
    ]
    best = sorted((each for each in scored if each[0] >= _WORDS_SHARED_LEAST), key=_order)
    return [SuggestedReply("canned", each.text, (), each.id) for _, _, each in best[:CANNED_MOST]]


def _order(scored: tuple[int, int, Canned]) -> tuple[int, int]:
    return -scored[0], scored[1]
