from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from alltid.assistant.articles import (
    ARTICLE_BYTES_MAX,
    ArticleError,
    import_articles,
    paragraphs_of,
    parse_article,
    read_articles,
    render,
)
from alltid.assistant.knowledge import Knowledge
from alltid.assistant.search.stored_vectors import Vectors
from alltid.storage.database import open_pool

GOOD = "---\ntitle: Refunds\nkeywords: money back\n---\n\nIt takes **5 days**.\n\nAsk the shop.\n"


def write(folder: Path, language: str, slug: str, text: str) -> None:
    (folder / language).mkdir(exist_ok=True)
    (folder / language / f"{slug}.md").write_text(text)


def test_an_article_is_read_with_its_address() -> None:
    article = parse_article(GOOD, language="en", slug="refunds", url_prefix="/help")
    assert (article.title, article.url, article.summary) == ("Refunds", "/help/en/refunds", "")


def test_an_article_may_live_elsewhere() -> None:
    text = GOOD.replace("---\ntitle", "---\nurl: https://help.example/x\ntitle", 1)
    article = parse_article(text, language="en", slug="refunds", url_prefix="/help")
    assert article.url == "https://help.example/x"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no head",
        "---\ntitle: x\n---\n\n",
        "---\ncolour: x\n---\n\nbody",
        "---\n---\nbody",
        "\0",
    ],
)
def test_what_is_no_article_is_named(text: str) -> None:
    with pytest.raises(ArticleError, match=r"en/broken\.md"):
        parse_article(text, language="en", slug="broken", url_prefix="/help")


def test_a_bad_name_a_long_and_a_binary_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ArticleError, match="has no articles"):
        read_articles(tmp_path, "/help")
    write(tmp_path, "en", "Bad Name", GOOD)
    with pytest.raises(ArticleError, match="Bad Name"):
        read_articles(tmp_path, "/help")
    (tmp_path / "en" / "Bad Name.md").unlink()
    write(tmp_path, "en", "long", "x" * (ARTICLE_BYTES_MAX + 1))
    with pytest.raises(ArticleError, match="longer"):
        read_articles(tmp_path, "/help")
    (tmp_path / "en" / "long.md").write_bytes(b"\xff\xfe")
    with pytest.raises(ArticleError, match="UTF-8"):
        read_articles(tmp_path, "/help")


def test_markup_in_an_article_comes_out_as_text() -> None:
    html = render("Hi <script>alert(1)</script> [x](javascript:alert(1)) **bold**")
    assert "<script>" not in html
    assert "href" not in html
    assert "<strong>bold</strong>" in html


def test_paragraphs_lose_their_markup() -> None:
    body = "One **two**\nthree.\n\n- [four](https://a.example)\n- `five`\n\n# Six"
    assert paragraphs_of(body) == ["One two three.", "four", "five", "Six"]


@pytest.mark.anyio
async def test_an_import_makes_the_folder_the_truth(tmp_path: Path, database_url: str) -> None:
    write(tmp_path, "en", "refunds", GOOD)
    write(tmp_path, "en", "fees", GOOD.replace("Refunds", "Fees").replace("money back", "cost"))
    async with await open_pool(database_url) as pool:
        first = await import_articles(pool, read_articles(tmp_path, "/help"))
        again = await import_articles(pool, read_articles(tmp_path, "/help"))
        knowledge = Knowledge(pool)
        assert [found.slug for found in await knowledge.search("what is the cost?", "en")] == [
            "fees"
        ]
        write(tmp_path, "en", "fees", GOOD.replace("Refunds", "Fees").replace("money back", "toll"))
        (tmp_path / "en" / "refunds.md").unlink()
        third = await import_articles(pool, read_articles(tmp_path, "/help"))
        # What the process remembered of the words is fresh again.
        assert await knowledge.search("what is the cost?", "en") == []
        assert (await knowledge.search("toll", "en"))[0].slug == "fees"
    assert (first.added, first.changed, first.removed, first.unchanged) == (2, 0, 0, 0)
    assert (again.added, again.changed, again.removed, again.unchanged) == (0, 0, 0, 2)
    assert (third.added, third.changed, third.removed, third.unchanged) == (0, 1, 1, 0)


@pytest.mark.anyio
async def test_what_encoders_have_read_is_asked_for_only_where_something_changed(
    tmp_path: Path, database_url: str
) -> None:
    asked: list[str] = []

    def vectors(when: str) -> Callable[[], Vectors]:
        def read() -> Vectors:
            asked.append(when)
            return {}

        return read

    write(tmp_path, "en", "refunds", GOOD)
    async with await open_pool(database_url) as pool:
        for when in ("first", "again"):
            await import_articles(pool, read_articles(tmp_path, "/help"), vectors(when))
        write(tmp_path, "en", "refunds", GOOD.replace("money back", "toll"))
        await import_articles(pool, read_articles(tmp_path, "/help"), vectors("changed"))
    assert asked == ["first", "changed"]
