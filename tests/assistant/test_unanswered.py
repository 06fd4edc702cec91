"""What nothing answered is counted, and holds no personal data."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from alltid.assistant.knowledge import Knowledge
from alltid.assistant.search import unanswered
from alltid.assistant.search.unanswered import (
    KEPT_DAYS,
    UnansweredQuestions,
    forget_old,
    shown_without_data,
)
from alltid.storage.database import open_pool

pytestmark = pytest.mark.anyio
AT = datetime(2026, 11, 20, 12, tzinfo=UTC)


async def test_alike_questions_are_one_and_the_oftenest_comes_first(database_url: str) -> None:
    async with await open_pool(database_url) as pool:
        questions = UnansweredQuestions(pool)
        for number, text in enumerate(
            (
                "Do you ship to Greenland?",
                "hello, do you ship to greenland please",
                "Is there a student discount?",
                "Do you shipping to Greenland!!",
            )
        ):
            await questions.note(text, "en", AT + timedelta(minutes=number))
        await questions.note("Skickar ni till Grönland?", "sv", AT)
        first, *others = await questions.page()
        assert (first.text, first.asked) == ("Do you ship to Greenland?", 3)
        assert first.last_at - first.first_at == timedelta(minutes=3)
        assert {(each.language, each.asked) for each in others} == {("en", 1), ("sv", 1)}
        assert [each.language for each in await questions.page(language="sv")] == ["sv"]
        assert len(await questions.page(after=2, limit=5)) == 1
        assert await questions.remove(first.id)
        assert not await questions.remove(first.id)


async def test_what_says_nothing_is_not_kept(database_url: str) -> None:
    async with await open_pool(database_url) as pool:
        questions = UnansweredQuestions(pool)
        for text in ("", "???", "hello", "🙂", "12345", "\0", "please, thanks"):
            await questions.note(text, "en", AT)
        await questions.note("a real question about llamas", "no language", AT)
        assert await questions.page() == []


async def test_no_personal_data_is_kept(database_url: str) -> None:
    text = (
        "Where is parcel 7730021? Write to eva.berg@mail.example or +46 70 123 45 67, 850101-1234"
    )
    shown = shown_without_data(text)
    assert "@mail" not in shown
    assert not any(each.isdigit() for each in shown.replace("••••", ""))
    assert shown.startswith("Where is parcel ••••")
    assert len(shown_without_data("word " * 1_000)) <= 300
    async with await open_pool(database_url) as pool:
        await Knowledge(pool).unanswered(text, "en")
        async with pool.connection() as connection:
            row = await (await connection.execute("SELECT text, words FROM unanswered")).fetchone()
    assert row is not None
    assert "eva" not in f"{row[0]} {row[1]}"


async def test_the_list_is_bounded_and_old_questions_go(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unanswered, "KEPT_MAX", 2)
    async with await open_pool(database_url) as pool:
        questions = UnansweredQuestions(pool)
        for number, text in enumerate(("llamas", "zebras", "walruses")):
            await questions.note(text, "en", AT + timedelta(days=number))
        assert {each.text for each in await questions.page()} == {"zebras", "walruses"}
        assert await forget_old(pool, AT + timedelta(days=KEPT_DAYS + 1, hours=1)) == 1
        assert [each.text for each in await questions.page()] == ["walruses"]
