"""Answers from the articles in a turn: a passage quoted word for word, its source and its day."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, Protocol

from alltid.assistant.answerer import Searches, find_article
from alltid.assistant.dialogue.work import Piece, Work
from alltid.assistant.knowledge import Found
from alltid.conversations.events import Source

# An article that fits the question less well than this may be about something else.
SURE_SCORE: Final = 0.7
# Told of each question that no article answered: conversation, text, language.
Unanswered = Callable[[str, str, str], Awaitable[None]]


class Writer(Protocol):
    """Words an answer from passages, with a model; None where it can't or may not."""

    async def write(self, question: str, found: Found, work: Work) -> str | None:
        """Return an answer that the passages hold, in the customer's language."""
        ...


class Articles:
    """The articles of one desk, as a turn asks them."""

    def __init__(
        self,
        knowledge: Searches,
        writer: Writer | None = None,
        unanswered: Unanswered | None = None,
    ) -> None:
        """Search in `knowledge`; with a `writer` answers are worded from what is found."""
        self._knowledge = knowledge
        self._writer = writer
        self._unanswered = unanswered

    async def quote(self, work: Work, query: str, *, asked: bool = True) -> str | None:
        """Add what an article says to the answer, and return its address; None without one.

        What was `asked` and not answered is kept for those who write the articles.
        """
        found = await find_article(self._knowledge, query, work.language, work.question.language)
        work.note(
            "passages",
            query=query,
            found=None if found is None else {"url": found.url, "score": found.score},
        )
        if found is None:
            if asked and self._unanswered is not None:
                conversation = work.question.conversation_id
                await self._unanswered(conversation, query, work.language)
            return None
        # It may not be what was asked: a person is one press away.
        unsure = asked and found.score < SURE_SCORE
        work.offers = work.offers or (unsure and not work.question.waiting_for_human)
        written = None if self._writer is None else await self._writer.write(query, found, work)
        if written is not None:
            work.pieces.append(Piece(written, "written"))
        else:
            work.pieces.append(Piece(found.passage, "article"))
        source = Source(found.title, found.url, found.date)
        if source not in work.sources:
            work.sources.append(source)
        work.state = work.state.with_article(found.title, found.url)
        return found.url
