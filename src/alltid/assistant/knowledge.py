"""Searching the company's help articles by PostgreSQL's full text search, and by meaning.

A customer's sentence is no search query: most of its words say nothing about the matter.
So an article may be found by any of the words (OR), and is then judged by how much of
what the sentence says it covers, rare words counting for more. Below a threshold nothing
is found, which is the honest answer. Where the articles' passages have vectors, what the
question means is put beside what it says (`search/meaning.py`): it finds paraphrases, and it
finds out what only sounds alike. docs/decisions/0020-knowledge-search.md and 0133 have the
figures behind the constants.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from alltid.assistant.articles import HELP, SQL
from alltid.assistant.courtesy import courtesy_words
from alltid.assistant.search.stemming import text_search_config
from alltid.assistant.search.unanswered import UnansweredQuestions
from alltid.assistant.vocabulary import Vocabulary, fold
from alltid.kernel.clock import Clock, SystemClock

if TYPE_CHECKING:
    from alltid.assistant.search.meaning import Meanings

QUESTION_CHARACTERS_MAX: Final = 500
WORDS_MAX: Final = 32
CANDIDATES: Final = 30
# Below this score an article is not about the question; see the decision record.
THRESHOLD: Final = 0.36
# What a place in an article tells about its subject: title and keywords, summary, body.
_PLACES: Final = {"A": 1.0, "B": 0.75, "C": 0.3, "": 0.3}
# How strongly a sentence that is mostly about something else counts against a match.
_FOCUS: Final = 1.0
_DENSITY: Final = 0.15
# What meaning adds at most, near enough, and what it must bring before it adds anything.
_MEANING: Final = 0.8
_MEANING_LEAST: Final = 0.12
_WORD: Final = re.compile(r"[^\W_]+(?:['\u2019\-][^\W_]+)*")

_SENTENCES_MAX: Final = 4
_PASSAGE_CHARACTERS_MIN: Final = 120
_SENTENCE: Final = re.compile(r"(?<=[.!?:])\s+(?=[\"“¿¡A-ZÀ-ÖØ-Þ0-9])")
# An article's first paragraph is its answer, the others its cases: those must tell clearly more.
_FIRST_PARAGRAPH: Final = 1.35


@dataclass(frozen=True, slots=True)
class Found:
    """An article that answers a question; `passage` is quoted from it, word for word.

    `score` has no unit. `date` is the article's own, ISO (YYYY-MM-DD), where it has one.
    """

    language: str
    slug: str
    title: str
    summary: str
    url: str
    passage: str
    score: float
    date: str | None = None

    @property
    def id(self) -> str:
        """What tells the article from every other of its collection."""
        return f"{self.language}/{self.slug}"


@dataclass(frozen=True, slots=True)
class HelpArticle:
    """An article for reading. `body` is Markdown, `date` ISO where it has one."""

    language: str
    slug: str
    title: str
    summary: str
    body: str
    url: str
    languages: tuple[str, ...]
    date: str | None = None


@dataclass(frozen=True, slots=True)
class _Candidate:
    title: str
    slug: str
    summary: str
    url: str
    paragraphs: Sequence[str]
    date: str | None
    density: float
    places: Mapping[str, float]


class Knowledge:
    """The articles of one desk. It remembers each language's words until articles change."""

    def __init__(self, pool: AsyncConnectionPool[Any], clock: Clock | None = None) -> None:
        """Read through `pool`; `clock` says when something was asked (the system's)."""
        self._pool = pool
        self._clock = clock or SystemClock()
        self._unanswered = UnansweredQuestions(pool)
        self._vocabularies: dict[tuple[str, str], tuple[int, Vocabulary]] = {}
        self._loading = asyncio.Lock()
        self._meanings: Meanings | None = None

    async def search(
        self, question: str, language: str, *, limit: int = 3, collection: str = HELP
    ) -> list[Found]:
        """Return the articles in `language` that answer the question, best first, or none.

        Only the first QUESTION_CHARACTERS_MAX characters are read. The order is the same
        each time it is asked.
        """
        text = _plain(question, language)
        if not text:
            return []
        config = text_search_config(language)
        of: dict[str, object] = {"language": language, "collection": collection}
        if self._meanings is None:
            self._meanings = await asyncio.to_thread(_no_meanings_yet)
        meaning = self._meanings
        await meaning.prepare(_whole(question), collection, language)
        async with self._pool.connection() as connection:
            asked = await _one(connection, "question", config=config, text=text, **of)
            words, revision, articles = asked
            if not articles:
                return []
            vocabulary = await self._vocabulary(connection, of, revision, articles)
            meanings = {word: vocabulary.meanings(word) for word in words[:WORDS_MAX]}
            known = sorted({known for found in meanings.values() for known in found})
            known = [word for word in known if "'" not in word and "\\" not in word]
            rows = (
                await _all(connection, "candidates", words=known, limit=CANDIDATES, **of)
                if known
                else []
            )
            scores = {
                each.slug: (_score(each, meanings, vocabulary), each)
                for each in map(_candidate, rows)
            }
            near = await meaning.nearness(
                connection, _whole(question), collection, language, revision
            )
            best = _best(scores, near)[:limit]
            lacking = [slug for slug, _ in best if slug not in scores]
            if lacking:
                rows = await _all(connection, "without_words", slugs=lacking, **of)
                scores |= {each.slug: (0.0, each) for each in map(_candidate, rows)}
            return [
                await _found(
                    connection, config, language, scores[slug][1], score, meanings, vocabulary
                )
                for slug, score in best
                if slug in scores
            ]

    async def unanswered(self, text: str, language: str) -> None:
        """Keep a question that found no answer, without personal data, for those who write."""
        await self._unanswered.note(text, language, self._clock.now())

    async def article(self, language: str, slug: str) -> HelpArticle | None:
        """Return one article for reading, with the languages it is there in."""
        if "\x00" in language + slug:
            return None
        async with self._pool.connection() as connection:
            row = await _one(connection, "article", language=language, slug=slug)
            if row is None:
                return None
            languages = await _all(connection, "languages_of", slug=slug)
        there = tuple(found[0] for found in languages)
        return HelpArticle(row[0], row[1], row[2], row[3], row[4], row[5], there, _iso(row[6]))

    async def titles(self, language: str) -> list[tuple[str, str, str]]:
        """Return (slug, title, summary) of a language's articles by title; at most 500."""
        if "\x00" in language:
            return []
        async with self._pool.connection() as connection:
            return [tuple(row) for row in await _all(connection, "titles", language=language)]

    async def _vocabulary(
        self,
        connection: AsyncConnection[Any],
        of: Mapping[str, object],
        revision: int,
        articles: int,
    ) -> Vocabulary:
        async with self._loading:
            key = (str(of["collection"]), str(of["language"]))
            kept = self._vocabularies.get(key)
            if kept is not None and kept[0] == revision:
                return kept[1]
            vocabulary = Vocabulary(await _all(connection, "words", **of), articles)
            self._vocabularies[key] = (revision, vocabulary)
            return vocabulary


def _no_meanings_yet() -> Meanings:
    # Loaded with the first question: numpy and the encoders' readers.
    from alltid.assistant.search.meaning import Meanings

    return Meanings()


def _best(
    scores: Mapping[str, tuple[float, _Candidate]], near: Mapping[str, float]
) -> list[tuple[str, float]]:
    """Put words and meaning together, and keep what is about the question, best first."""
    together = {slug: score for slug, (score, _) in scores.items()}
    if near:
        together = {
            slug: together.get(slug, 0.0) + _MEANING * value - _MEANING_LEAST
            for slug, value in near.items()
        }
    kept = [(slug, score) for slug, score in together.items() if score >= THRESHOLD]
    return sorted(kept, key=lambda pair: (-pair[1], pair[0]))


def _whole(question: str) -> str:
    return question[:QUESTION_CHARACTERS_MAX].replace("\x00", " ").strip()


def _plain(question: str, language: str) -> str:
    """Keep the words that may carry the matter: no signs, no greetings, no 'please'."""
    idle = courtesy_words(language)
    words = _WORD.findall(question[:QUESTION_CHARACTERS_MAX].replace("\x00", " "))
    return " ".join(word for word in words if fold(word) not in idle)


def _candidate(row: Sequence[Any]) -> _Candidate:
    _language, slug, title, summary, url, paragraphs, dated, density, words, weights = row
    places = {
        word: max(_PLACES[place] for place in letters or "C")
        for word, letters in zip(words, weights, strict=True)
    }
    return _Candidate(title, slug, summary, url, paragraphs, _iso(dated), density, places)


def _score(
    candidate: _Candidate, meanings: Mapping[str, Mapping[str, float]], vocabulary: Vocabulary
) -> float:
    """Judge an article: what it covers of the question, held against what it doesn't."""
    covered = asked = 0.0
    for known in meanings.values():
        rarity = max((vocabulary.rarity(other) for other in known), default=1.0)
        asked += rarity
        covered += rarity * max(
            (trust * candidate.places.get(other, 0.0) for other, trust in known.items()),
            default=0.0,
        )
    density = candidate.density / (1 + candidate.density)
    return covered * (covered / asked) ** _FOCUS + _DENSITY * density if asked else 0.0


async def _found(
    connection: AsyncConnection[Any],
    config: str,
    language: str,
    candidate: _Candidate,
    score: float,
    meanings: Mapping[str, Mapping[str, float]],
    vocabulary: Vocabulary,
) -> Found:
    paragraphs = list(candidate.paragraphs)
    rows = await _all(connection, "paragraph_words", config=config, paragraphs=paragraphs)
    trusts: dict[str, float] = {}
    for known in meanings.values():
        for word, trust in known.items():
            trusts[word] = max(trusts.get(word, 0.0), trust * vocabulary.rarity(word))
    told = [sum(trusts.get(word, 0.0) for word in row[0]) for row in rows]
    return Found(
        language,
        candidate.slug,
        candidate.title,
        candidate.summary,
        candidate.url,
        passage(paragraphs, told),
        round(score, 4),
        candidate.date,
    )


def passage(paragraphs: Sequence[str], told: Sequence[float]) -> str:
    """Quote two to four sentences: the paragraph that tells most, the first one if in doubt.

    `told` says for each paragraph how much of the question it speaks of.
    """
    if not paragraphs:
        return ""
    weighed = [value * (_FIRST_PARAGRAPH if n == 0 else 1.0) for n, value in enumerate(told)]
    chosen = max(range(len(paragraphs)), key=lambda n: (weighed[n], -n))
    text = paragraphs[chosen]
    if len(text) < _PASSAGE_CHARACTERS_MIN and chosen + 1 < len(paragraphs):
        text = f"{text} {paragraphs[chosen + 1]}"
    return " ".join(_SENTENCE.split(text)[:_SENTENCES_MAX])


def _iso(dated: date | None) -> str | None:
    return dated.isoformat() if dated is not None else None


async def _one(connection: AsyncConnection[Any], query: str, **parameters: object) -> Any:
    return await (await connection.execute(SQL[query], parameters)).fetchone()


async def _all(connection: AsyncConnection[Any], query: str, **parameters: object) -> list[Any]:
    return await (await connection.execute(SQL[query], parameters)).fetchall()
