from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

import pytest

from alltid.assistant.answerer import ArticleAnswerer, Question
from alltid.assistant.articles import import_articles, paragraphs_of, read_articles
from alltid.assistant.knowledge import Knowledge, passage
from alltid.assistant.search.meaning import Meanings
from alltid.assistant.search.stored_vectors import read_vectors
from alltid.storage.database import open_pool

pytestmark = pytest.mark.anyio

LANGUAGES = ("en", "sv", "de", "it", "es")
LENDER = files("alltid.examples.lender")
ARTICLES = read_articles(LENDER / "articles", "/help")
QUESTIONS = [
    tuple(line.split("\t"))
    for line in (Path(__file__).parent / "knowledge_questions.tsv").read_text().splitlines()
]


class WordsAlone(Meanings):
    """A desk whose encoders are missing."""

    async def nearness(self, *_: object) -> Mapping[str, float]:
        return {}


def held_out(name: str) -> list[list[str]]:
    """Return every other line of a language, of questions and of other matters each."""
    seen: Counter[tuple[str, bool]] = Counter()
    kept = []
    for line in (Path(__file__).parent / name).read_text().splitlines():
        row = line.split("\t")
        seen[row[0], row[1] == "-"] += 1
        if not seen[row[0], row[1] == "-"] % 2:
            kept.append(row)
    return kept


async def test_questions_find_their_articles_and_others_find_nothing(database_url: str) -> None:
    right: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    false_answers = []
    async with await open_pool(database_url) as pool:
        await import_articles(pool, ARTICLES)
        knowledge = Knowledge(pool)
        answerer = ArticleAnswerer(knowledge, "Klarsund")
        for language, slug, text in QUESTIONS:
            found = await knowledge.search(text, language)
            if slug != "-":
                asked[language] += 1
                right[language] += [article.slug for article in found][:1] == [slug]
                continue
            answer = await answerer.answer(
                Question("c", text, language, waiting_for_human=False, first=True)
            )
            if found or answer.sources:
                false_answers.append((text, answer.sources))
            else:
                assert answer.offer_human
    # By words alone. Measured: 27 to 31 of 32 a language. A worse search fails here.
    for language in LANGUAGES:
        assert right[language] / asked[language] >= 0.8, (language, right)
    assert len(false_answers) <= 4, false_answers


async def test_meaning_finds_paraphrases_and_leaves_other_matters_alone(database_url: str) -> None:
    vectors = read_vectors(LENDER / "vectors.bin")
    right: Counter[bool] = Counter()
    false_answers = []
    async with await open_pool(database_url) as pool:
        await import_articles(pool, ARTICLES, lambda: vectors)
        async with pool.connection() as connection:
            # Articles written since the vectors were made would take an encoder minutes.
            await connection.execute("DELETE FROM passages WHERE vector IS NULL")
        by_meaning, by_words = Knowledge(pool), Knowledge(pool)
        by_words._meanings = WordsAlone()
        # Every other line was never looked at when the constants were chosen.
        for language, slug, text in held_out("knowledge_paraphrases.tsv"):
            found = await by_meaning.search(text, language)
            if slug == "-":
                false_answers += [(text, each.slug) for each in found[:1]]
                continue
            right[True] += [each.slug for each in found][:1] == [slug]
            plain = await by_words.search(text, language)
            right[False] += [each.slug for each in plain][:1] == [slug]
            if found:
                assert found[0].passage
                assert found[0].date is not None
    assert not false_answers
    # Measured: 19 of 35, and 12 by words alone.
    assert right[True] >= 16
    assert right[True] >= right[False] + 4


async def test_an_answer_repeats_and_is_quoted_from_its_article(database_url: str) -> None:
    bodies = {(a.language, a.slug): " ".join(paragraphs_of(a.body)) for a in ARTICLES}
    async with await open_pool(database_url) as pool:
        await import_articles(pool, ARTICLES)
        knowledge, another = Knowledge(pool), Knowledge(pool)
        for language, slug, text in QUESTIONS:
            if slug == "-":
                continue
            found = await knowledge.search(text, language)
            assert found == await another.search(text, language)
            assert found == sorted(found, key=lambda article: (-article.score, article.slug))
            for article in found:
                assert article.passage
                assert article.passage in bodies[article.language, article.slug]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "\x00",
        "🙂🙂🙂",
        "' | !! & <-> :* \\ ''; DROP TABLE articles; --",
        "refund " * 5_000,
        "a" * 100_000,
        "-refund -money",
        '"',
        "\ud800".encode("utf-8", "replace").decode(),
        "ﷺ" * 300,
    ],
)
async def test_hostile_text_is_only_text(text: str, database_url: str) -> None:
    async with await open_pool(database_url) as pool:
        await import_articles(pool, ARTICLES[:3])
        for language in ("en", "sv", "xx"):
            await Knowledge(pool).search(text, language)


async def test_without_articles_nothing_is_found(database_url: str) -> None:
    async with await open_pool(database_url) as pool:
        knowledge = Knowledge(pool)
        assert await knowledge.search("where is my refund", "en") == []
        assert await knowledge.article("en", "refunds") is None
        assert await knowledge.article("en\x00", "refunds") is None
        assert await knowledge.titles("en") == []


def test_a_passage_is_the_paragraph_that_tells_most() -> None:
    first, second = (
        "Pay it. In the app, or at the bank, on any day that you like." * 3,
        "Late? " * 6,
    )
    assert passage([first, second], [1.0, 1.2]) == first
    assert passage([first, second], [1.0, 2.0]).startswith("Late?")
    assert passage(["Short.", "More of it."], [1.0, 0.0]) == "Short. More of it."
    assert passage([], []) == ""
