"""Collections in the database: added, searched, kept apart, and read by the encoders beside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from alltid.assistant.search import embedding, library, meaning
from alltid.assistant.search.embedding import read_unread
from alltid.assistant.search.encoding import Array, packed, reader_named, unpacked
from alltid.assistant.search.library import CollectionFull, Document, Library
from alltid.assistant.search.passages import Section
from alltid.assistant.search.stored_vectors import WIDTH
from alltid.storage.database import open_pool

pytestmark = pytest.mark.anyio


def document(key: str, title: str, *paragraphs: str, language: str = "en") -> Document:
    return Document(key, language, title, (Section("", paragraphs),), dated=date(2026, 3, 1))


BIKES: Sequence[Document] = (
    document("brakes", "Brakes", "Tighten the cable until the wheel stops within a metre."),
    document("tyres", "Tyres", "Pump them to four bar. A flat one is mended with a patch."),
    document("lights", "Lamps", "The battery of the front lamp lasts for twenty hours."),
)


class Taught:
    """An encoder that knows which words mean the same, and nothing else."""

    name = "minilm"
    _SAME = ({"tyres", "puncture", "patch"}, {"brakes", "halt", "stops"}, {"lamp", "dark"})

    def __init__(self) -> None:
        self.read: list[str] = []

    def passage(self, text: str) -> Array:
        self.read.append(text)
        said = set(text.lower().replace(".", " ").replace(",", " ").split())
        made = np.full(WIDTH, 0.01, dtype=np.float32)
        for place, same in enumerate(self._SAME):
            made[place] += len(said & same)
        return made / np.linalg.norm(made)

    question = passage


@pytest.fixture
def taught(monkeypatch: pytest.MonkeyPatch) -> Taught:
    encoder = Taught()
    for module in (embedding, library, meaning):
        monkeypatch.setattr(module, "reader_named", lambda _name: encoder)
    return encoder


async def test_meaning_is_read_once_and_finds_what_words_do_not(
    database_url: str, taught: Taught
) -> None:
    async with await open_pool(database_url) as pool:
        books = Library(pool)
        assert await books.add("bikes", BIKES) == library.Added(3, 0, 0)
        assert (await books.search("mended with a patch", "bikes"))[0].id == "tyres"
        assert await books.search("puncture on my way home", "bikes") == []
        steps: list[tuple[int, int]] = []
        done = await read_unread(pool, progress=lambda *step: steps.append(step))
        assert (done, steps) == ((6, 0), [(6, 6)])
        hit = (await books.search("puncture on my way home", "bikes"))[0]
        assert (hit.id, hit.date, hit.language) == ("tyres", "2026-03-01", "en")
        assert hit.passage.startswith("Pump them")
        assert [each.id for each in await books.search("lamp", "bikes", limit=1)] == ["lights"]
        # The same again is no work; a changed document is read again, and only that one.
        changed = replace(BIKES[0], sections=(Section("", ("Oil it. It stops squeaking.",)),))
        assert await books.add("bikes", (changed, *BIKES[1:])) == library.Added(0, 1, 2)
        taught.read.clear()
        assert await read_unread(pool) == (2, 0)
        assert all("Oil" in text for text in taught.read)
        assert await books.add("bikes", (changed, *BIKES[1:])) == library.Added(0, 0, 3)


async def test_collections_are_kept_apart_and_all_or_nothing(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with await open_pool(database_url) as pool:
        books = Library(pool)
        await books.add("bikes", BIKES)
        await books.add("boats", [document("sails", "Sails", "Lower them when the wind is up.")])
        assert await books.search("sails and the wind", "bikes") == []
        assert await books.search("sails", "nowhere") == []
        assert await books.search("", "boats") == await books.search("\0", "boats") == []
        monkeypatch.setattr(library, "DOCUMENTS_MAX", 3)
        with pytest.raises(CollectionFull, match="would have 4 documents"):
            await books.add("bikes", [document("bell", "Bell", "Ring it.")])
        assert [row["id"] for row in await books.documents("bikes")] == [
            "brakes",
            "lights",
            "tyres",
        ]
        # The same file read as another language replaces the wrong guess.
        await books.add("boats", [document("sails", "Sails", "Lower them.", language="nb")])
        sizes = {(row["collection"], row["language"]) for row in await books.collections()}
        assert sizes == {("bikes", "en"), ("boats", "nb")}
        assert await books.remove("bikes", "bell") == 0
        assert await books.remove("bikes", "lights") == 1
        assert await books.remove("bikes") == 2


async def test_of_a_large_collection_the_database_picks_the_candidates(
    database_url: str, taught: Taught
) -> None:
    async with await open_pool(database_url) as pool:
        await Library(pool).add("bikes", BIKES)
        await read_unread(pool, held=0)
        async with pool.connection() as connection:
            row = await (
                await connection.execute("SELECT count(*) FROM passage_vectors")
            ).fetchone()
        assert row == (6,)
        small, large = Library(pool), Library(pool, held=0)
        for query in ("puncture on my way home", "the battery of a lamp", "halt"):
            found = (await large.search(query, "bikes", limit=1))[0]
            assert found.id == (await small.search(query, "bikes", limit=1))[0].id


async def test_without_an_encoder_words_go_on(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (embedding, library):
        monkeypatch.setattr(module, "reader_named", lambda _name: None)
    async with await open_pool(database_url) as pool:
        books = Library(pool)
        await books.add("bikes", BIKES)
        assert await read_unread(pool) == (0, 6)
        assert (await books.search("flat tyres and a patch", "bikes"))[0].id == "tyres"


def test_vectors_are_stored_in_half_the_size() -> None:
    reader = reader_named("minilm")
    assert reader is not None
    vector = reader.passage("A refund takes five days.")
    assert reader.question("A refund takes five days.") is reader.question(
        "A refund takes five days."
    )
    assert np.allclose(unpacked(packed(vector)), vector, atol=1e-3)
    assert not unpacked(b"cut off").any()
