"""Files become documents, or are refused with a sentence that names them."""

from __future__ import annotations

import json
import os
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from alltid.assistant.search import files
from alltid.assistant.search.files import FileRefused, Read, find_files, read_file
from alltid.assistant.search.languages import in_languages
from alltid.assistant.search.library import Document

PAGE = """<!doctype html><html lang="de-AT"><head><title>Hilfe | Laden</title>
<meta property="article:modified_time" content="2026-02-03T10:00:00Z">
<link rel="canonical" href="https://shop.example/hilfe"></head><body>
<nav><p>Menü</p></nav><main><h1>Rückgabe</h1><p>Zwei <b>Wochen</b> Zeit.</p>
<h2>Kosten</h2><ul><li>Porto zahlen wir.</li></ul><script>alert(1)</script></main>
<footer><p>Impressum</p></footer></body></html>"""


def pdf(text: str) -> bytes:
    writer = PdfWriter()
    page = writer.add_blank_page(300, 300)
    stream = DecodedStreamObject()
    stream.set_data(f"BT /F1 12 Tf 20 200 Td ({text}) Tj ET".encode())
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    page[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})}
    )
    page[NameObject("/Contents")] = writer._add_object(stream)
    writer.add_metadata({"/Title": "Manual", "/ModDate": "D:20260401120000Z"})
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def put(folder: Path, name: str, text: str | bytes) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    os.utime(file, (1_790_000_000, 1_790_000_000))  # 2026-09-21
    return file


def read(folder: Path) -> list[Read]:
    return [each for file, root in find_files([folder]).files for each in read_file(file, root)]


def documents(folder: Path, language: str | None = None) -> dict[str, Document]:
    return {each.id: each for each in in_languages(read(folder), language)}


def test_each_kind_of_file_becomes_documents_with_a_date_and_a_language(tmp_path: Path) -> None:
    head = "---\ntitle: Returns\ndate: 2026-05-06\nkeywords: send back\n---\n"
    put(tmp_path, "en/returns.md", f"{head}\n# Ignored\n\nTwo *weeks*.\n\n## Cost\n\nFree.")
    put(tmp_path, "sv/garanti.md", "# Garanti\n\nTre år på allt som vi säljer till dig.")
    put(tmp_path, "page.html", PAGE)
    put(tmp_path, "manual.pdf", pdf("Press the red button for the machine to stop at once."))
    put(tmp_path, ".hidden/x.md", "# no")
    row = {"id": "doc_1", "title": "Fees", "content": "## Cards\n\nA card is free.", "url": "u"}
    put(tmp_path, "rows.jsonl", json.dumps(row) + "\n\n" + json.dumps(row | {"id": "doc_2"}))
    found = documents(tmp_path)
    assert set(found) == {"returns", "garanti", "page", "manual", "doc_1", "doc_2"}
    returns, page, manual = found["returns"], found["page"], found["manual"]
    assert (returns.title, returns.language, returns.dated) == ("Returns", "en", date(2026, 5, 6))
    assert [(each.heading, each.paragraphs) for each in returns.sections] == [
        ("Ignored", ("Two weeks.",)),
        ("Cost", ("Free.",)),
    ]
    assert (found["garanti"].title, found["garanti"].language) == ("Garanti", "sv")
    assert (page.title, page.language, page.dated) == ("Rückgabe", "de", date(2026, 2, 3))
    assert page.url == "https://shop.example/hilfe"
    assert [each.paragraphs for each in page.sections] == [
        ("Zwei Wochen Zeit.",),
        ("Porto zahlen wir.",),
    ]
    assert (manual.title, manual.dated) == ("Manual", date(2026, 4, 1))
    assert "red button" in manual.sections[0].paragraphs[0]
    assert found["doc_1"].dated == date(2026, 9, 21)
    assert documents(tmp_path, "it")["page"].language == "it"


def test_a_site_map_gives_addresses_and_days_to_saved_pages(tmp_path: Path) -> None:
    put(
        tmp_path,
        "sitemap.xml",
        '<?xml version="1.0"?><urlset><url><loc>https://s.example/a/returns</loc>'
        "<lastmod>2026-03-01T00:00:00Z</lastmod></url>"
        "<url><loc>https://s.example/b/</loc></url></urlset>",
    )
    put(tmp_path, "a/returns.html", PAGE)
    put(tmp_path, "s.example/b/index.html", PAGE)
    first, second = (each.document for each in read(tmp_path))
    assert (first.id, first.url, first.dated) == (
        "a/returns",
        "https://s.example/a/returns",
        date(2026, 3, 1),
    )
    assert (second.id, second.dated) == ("b", date(2026, 2, 3))


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.jsonl", "{}", "line 1 has no id"),
        ("a.jsonl", '{"id": "x"}', "line 1 has no content"),
        ("a.jsonl", "\n[1]", "line 2: an object"),
        ("a.jsonl", "{", "line 1 is no JSON"),
        ("a.jsonl", '{"id": "x", "content": "y", "date": "May"}', "a date is written like"),
        ("a.md", b"\xff\xfe", "is not UTF-8"),
        ("a.md", "   ", "has no text"),
        ("a.pdf", b"no pdf", "is no PDF"),
        ("a.pdf", pdf(" "), "only pictures"),
        ("a.html", "<nav>menu</nav>", "has no text"),
        ("sitemap.xml", "<urlset/>", "names no pages"),
        ("sitemap.xml", "<url><loc>https://s/../../etc/passwd</loc></url>", "no saved page"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, name: str, content: str, words: str) -> None:
    put(tmp_path, name, content)
    with pytest.raises(FileRefused, match=words) as refused:
        read(tmp_path)
    assert str(tmp_path) in str(refused.value)


def test_sizes_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FileRefused, match="nothing to read"):
        find_files([tmp_path])
    with pytest.raises(FileRefused, match="is not there"):
        find_files([tmp_path / "missing"])
    monkeypatch.setattr(files, "FILE_BYTES_MAX", 20)
    put(tmp_path, "a.md", "word " * 10)
    with pytest.raises(FileRefused, match="longer than"):
        read(tmp_path)
    monkeypatch.setattr(files, "FILE_BYTES_MAX", 10**6)
    monkeypatch.setattr(files, "TEXT_CHARACTERS_MAX", 20)
    with pytest.raises(FileRefused, match="characters of text"):
        read(tmp_path)
