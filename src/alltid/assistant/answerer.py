"""What the assistant answers: the interface, and an answerer that quotes help articles.

The rule of the article answerer: no source, no answer. It quotes, word for word, the passage
of the article that answers the question and names the article, or says that it doesn't know
and points to a human. It is an AI, says so, and claims no feelings.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from alltid.assistant.knowledge import Found, Knowledge
from alltid.assistant.understanding.language import UNDETERMINED, language_of
from alltid.assistant.wording import FALLBACK, SmallTalk, small_talk, wording, wordings
from alltid.conversations.commands import HandOver
from alltid.conversations.events import Card, Source
from alltid.conversations.store import Said

HISTORY_MAX: Final = 20
# What a match in a language that nobody named has to score: clearly more than a plain one.
_SURE: Final = 0.6
_LETTER: Final = re.compile(r"[^\W_]")


@dataclass(frozen=True, slots=True)
class Question:
    """What the customer wrote since anyone last answered, and what is known around it.

    `language` is the one the customer chose in the widget, if any; `history` holds what was
    said before as (author, text), oldest first, HISTORY_MAX at most. `said` is `text` message
    by message, `version` that of the last one, and `trace_id` names the record of the
    assistant's answer before.
    """

    conversation_id: str
    text: str
    language: str | None
    waiting_for_human: bool
    first: bool
    history: tuple[tuple[str, str], ...] = ()
    has_attachments: bool = False
    version: int = 0
    said: tuple[Said, ...] = ()
    trace_id: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the assistant says; `offer_human` puts the human button under it.

    A `card` is there to press; `trace_id` names the record of how the answer came about; with
    `hands_over` a person takes over as soon as it is said.
    """

    text: str
    language: str
    sources: tuple[Source, ...]
    offer_human: bool
    card: Card | None = None
    trace_id: str | None = None
    hands_over: HandOver | None = None


class Answerer(Protocol):
    """Anything that can answer a customer."""

    async def answer(self, question: Question) -> Answer:
        """Return the answer; may take seconds, and may raise: the worker minds both."""
        ...


def _read_language(text: str, hint: str) -> str:
    return language_of(text, hint=hint)


class ArticleAnswerer:
    """Answers from the help articles, in the customer's language, without any model."""

    def __init__(
        self,
        knowledge: Knowledge,
        company: str,
        read_language: Callable[[str, str], str] = _read_language,
    ) -> None:
        """Answer for `company`; `read_language` tells a text's language, given a hint."""
        self._knowledge = knowledge
        self._company = company
        self._read_language = read_language

    async def warm_up(self) -> None:
        """Load what the first answer would otherwise wait for, off the event loop."""
        await asyncio.to_thread(self._read_language, "Where is my refund?", FALLBACK)

    async def answer(self, question: Question) -> Answer:
        """Return small talk, a passage with its source, or an honest "I don't know"."""
        chosen = wording(question.language).language
        if not _LETTER.search(question.text):
            name = "attachment" if question.has_attachments or not question.text else "wordless"
            return self._own_words(name, chosen, offer_human=True)
        talk = small_talk(question.text, chosen)
        if talk is not None:
            kind, language = talk
            return self._own_words(kind.value, language, offer_human=kind is SmallTalk.ABOUT_ME)
        written = self._written_in(question.text, chosen)
        found = await find_article(self._knowledge, question.text, written, chosen)
        if found is not None:
            source = Source(found.title, found.url, found.date)
            return Answer(found.passage, found.language, (source,), offer_human=False)
        name = "unknown_waiting" if question.waiting_for_human else "unknown"
        return self._own_words(name, written, offer_human=not question.waiting_for_human)

    def _written_in(self, text: str, chosen: str) -> str:
        read = self._read_language(text, chosen)
        return chosen if read == UNDETERMINED else wording(read).language

    def _own_words(self, name: str, language: str, *, offer_human: bool) -> Answer:
        text = wording(language).say(name, self._company)
        return Answer(text, language, (), offer_human)


class Searches(Protocol):
    """Anything that finds articles; `Knowledge` does."""

    async def search(self, question: str, language: str, *, limit: int = 3) -> list[Found]:
        """Return the articles in `language` that answer the question, best first."""
        ...


async def find_article(
    knowledge: Searches, text: str, written: str, chosen: str | None
) -> Found | None:
    """Search in the language it is written in, then the widget's, then any other.

    A short text's language is easily misread. Where words of another language are found
    in its articles, they tell the language better than letters do.
    """
    tried = dict.fromkeys((written, wording(chosen).language))
    for language in tried:
        found = await knowledge.search(text, language, limit=1)
        if found:
            return found[0]
    rest = [
        found
        for language in sorted(wordings())
        if language not in tried
        for found in await knowledge.search(text, language, limit=1)
        if found.score >= _SURE
    ]
    return max(rest, key=lambda found: found.score, default=None)


def opening(language: str | None, company: str) -> str:
    """Return the first message: that an AI answers, and that a human is one tap away."""
    return wording(language).say("opening", company)


def apology(language: str | None, company: str, text: str = "") -> Answer:
    """Return what to say when the answerer failed; `text` may show the customer's language."""
    talk = small_talk(text, wording(language or FALLBACK).language)
    spoken = talk[1] if talk is not None else wording(language).language
    return Answer(wording(spoken).say("apology", company), spoken, (), offer_human=True)
