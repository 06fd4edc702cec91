from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from importlib.resources import files

import pytest

from alltid.assistant.answerer import Answer, ArticleAnswerer, Question, apology, opening
from alltid.assistant.articles import import_articles, read_articles
from alltid.assistant.knowledge import Knowledge
from alltid.assistant.wording import SmallTalk, small_talk, wording, wordings
from alltid.storage.database import open_pool
from tests.support.databases import Databases

ARTICLES = read_articles(files("alltid.examples.lender") / "articles", "/help")
LANGUAGES = ("en", "sv", "de", "it", "es")


def reading(language: str | None) -> Callable[[str, str], str]:
    return lambda _text, hint: language or hint


@pytest.fixture(scope="module")
def with_articles(databases: Databases, migrated_template: str) -> Iterator[str]:
    """A database with the articles, to be copied: importing them takes a second."""

    async def filled(url: str) -> None:
        async with await open_pool(url) as pool:
            await import_articles(pool, ARTICLES)

    with databases.url(migrated_template) as url:
        asyncio.run(filled(url))
        yield url.rpartition("/")[2].partition("?")[0]


@pytest.fixture
def database_url(databases: Databases, with_articles: str) -> Iterator[str]:
    """The address of a copy of it, for this test only."""
    with databases.url(with_articles) as url:
        yield url


async def ask(
    database_url: str,
    text: str,
    language: str | None = "en",
    *,
    reads: str | None = None,
    waiting: bool = False,
) -> Answer:
    async with await open_pool(database_url) as pool:
        answerer = ArticleAnswerer(Knowledge(pool), "Klarsund", reading(reads))
        return await answerer.answer(
            Question("c", text, language, waiting_for_human=waiting, first=True)
        )


@pytest.mark.anyio
async def test_an_article_answers_with_its_source(database_url: str) -> None:
    answer = await ask(database_url, "Hi, where is my refund?")
    assert answer.text.startswith("When the shop has registered your return")
    assert [(source.title, source.url) for source in answer.sources] == [
        ("When and where do I get my refund?", "/help/en/refunds")
    ]
    assert not answer.offer_human


@pytest.mark.anyio
async def test_the_written_language_wins_over_the_widgets(database_url: str) -> None:
    answer = await ask(database_url, "var är min återbetalning", "en", reads="sv")
    assert answer.language == "sv"
    assert answer.sources[0].url == "/help/sv/refunds"


@pytest.mark.anyio
async def test_a_misread_language_is_mended_by_the_words(database_url: str) -> None:
    answer = await ask(database_url, "Mahngebühr", "en", reads="sv")
    assert answer.language == "de"


@pytest.mark.anyio
@pytest.mark.parametrize("language", [*LANGUAGES, "fr", None, "sv-SE"])
async def test_what_is_unknown_is_said_with_a_way_to_a_human(
    language: str | None, database_url: str
) -> None:
    answer = await ask(database_url, "xyzzy plugh quux", language)
    assert answer.sources == ()
    assert answer.offer_human
    assert answer.text == wording(language).say("unknown", "Klarsund")


@pytest.mark.anyio
async def test_in_line_the_assistant_keeps_quiet_about_the_button(database_url: str) -> None:
    answer = await ask(database_url, "xyzzy plugh", waiting=True)
    assert "place in line" in answer.text
    assert not answer.offer_human


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("text", "name"),
    [("", "attachment"), ("🙂👍", "wordless"), ("?!", "wordless"), ("…", "wordless")],
)
async def test_without_words_it_asks_for_some(text: str, name: str, database_url: str) -> None:
    answer = await ask(database_url, text, "sv")
    assert answer.text == wording("sv").say(name, "Klarsund")
    assert answer.offer_human


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("text", "language", "name"),
    [
        ("Hej!", "en", "greeting"),
        ("hello :)", "sv", "greeting"),
        ("Danke schön", "de", "thanks"),
        ("Grazie mille!!", "it", "thanks"),
        ("Adiós", "es", "bye"),
        ("hi, are you a robot or a real person?", "en", "about_me"),
        ("är du en människa?", "sv", "about_me"),
        ("¿Estoy hablando con un robot?", "es", "about_me"),
    ],
)
async def test_small_talk_is_answered_in_its_language(
    text: str, language: str, name: str, database_url: str
) -> None:
    answer = await ask(database_url, text, language)
    spoken = "sv" if text == "Hej!" else "en" if text.startswith("hello") else language
    assert answer.text == wording(spoken).say(name, "Klarsund")


def test_a_greeting_with_a_question_is_a_question() -> None:
    assert small_talk("hello where is my refund", "en") is None
    assert small_talk("thanks but are you a robot, where is the money I paid you", "en") is None
    assert small_talk("hi", "en") == (SmallTalk.GREETING, "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_opening_says_in_one_sentence_who_answers(language: str) -> None:
    text = opening(language, "Klarsund")
    assert "Klarsund" in text
    assert any(word in text for word in ("AI", "KI", "IA"))
    assert text.count(".") <= 2  # a greeting, and one sentence
    assert opening("xx", "Klarsund") == opening("en", "Klarsund") == opening(None, "Klarsund")


def test_all_languages_say_the_same_things() -> None:
    english = wording("en")
    for language in LANGUAGES:
        own = wordings()[language]
        assert own.sentences.keys() == english.sentences.keys()
        assert set(own.heard.values()) == set(SmallTalk)
        for name, sentence in own.sentences.items():
            assert "!" not in sentence, (language, name)
            assert "{company}" not in own.say(name, "X")


def test_an_apology_offers_a_human() -> None:
    said = apology("de", "Klarsund", "hallo")
    assert said.offer_human
    assert said.language == "de"
