"""Reads files into documents: Markdown, HTML, PDF, JSON lines, and saved pages by a site map.

A file is read whole or not at all: what is wrong with it comes as a FileRefused whose sentence
names it. Nothing is fetched from anywhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from alltid.assistant.search.library import DOCUMENTS_MAX, Document
from alltid.assistant.search.passages import Section, sections_of
from alltid.assistant.search.stemming import has_dictionary

FILE_BYTES_MAX: Final = 64 * 1024 * 1024
LINE_BYTES_MAX: Final = 4 * 1024 * 1024
TEXT_CHARACTERS_MAX: Final = 1_000_000
TITLE_CHARACTERS_MAX: Final = 300
ID_CHARACTERS_MAX: Final = 300
_PAGES_MAX: Final = 3_000
_HEAD: Final = re.compile(r"---\n(.*?)\n---\n(.*)", re.DOTALL)
_FIRST_HEADING: Final = re.compile(r"^#\s+(.+?)\s*#*\s*$", re.MULTILINE)
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}")
_PAGES: Final = (".html", ".htm")
_READ: Final = (".md", ".markdown", ".txt", ".pdf", ".jsonl", *_PAGES)
_SITE_MAP: Final = "sitemap.xml"
_SPACES: Final = re.compile(r"\s+")


class FileRefused(ValueError):  # noqa: N818  it says what happened
    """A file that can't be documents; the message names it and says what to mend."""


@dataclass(frozen=True, slots=True)
class Read:
    """A document whose language may not be known yet: then it is empty."""

    document: Document
    sample: str = field(repr=False, default="")


@dataclass(frozen=True, slots=True)
class Paths:
    """What was found under the paths that somebody named."""

    files: Sequence[tuple[Path, Path]]
    """Each file with the folder that its id is relative to."""


def find_files(paths: Sequence[Path]) -> Paths:
    """Find what can be read, in a fixed order. Raises FileRefused when there is nothing."""
    found: list[tuple[Path, Path]] = []
    for path in paths:
        if path.is_dir():
            site_map = path / _SITE_MAP
            if site_map.is_file():
                found.append((site_map, path))
                continue
            found += [
                (file, path)
                for file in sorted(path.rglob("*"))
                if file.suffix.lower() in _READ
                and file.is_file()
                and not any(part.startswith(".") for part in file.relative_to(path).parts)
            ]
        elif path.is_file():
            found.append((path, path.parent))
        else:
            raise FileRefused(f"{path} is not there.")
    if not found:
        named = ", ".join(str(path) for path in paths)
        raise FileRefused(f"{named}: nothing to read ({', '.join(_READ)} or {_SITE_MAP}).")
    if len(found) > DOCUMENTS_MAX:
        raise FileRefused(f"More than {DOCUMENTS_MAX:,} files.")
    return Paths(tuple(dict.fromkeys(found)))


def read_file(file: Path, root: Path) -> Iterator[Read]:
    """Read the documents of one file. Raises FileRefused."""
    try:
        if file.stat().st_size > FILE_BYTES_MAX:
            raise FileRefused(f"{file} is longer than {FILE_BYTES_MAX // 2**20} MiB.")
        if file.suffix.lower() == ".jsonl":
            yield from _json_lines(file)
        elif file.name == _SITE_MAP:
            yield from _site(file)
        else:
            yield _one_file(file, root)
    except OSError as error:
        raise FileRefused(f"{file} can't be read: {error.strerror}.") from None


def _one_file(file: Path, root: Path) -> Read:
    kind = file.suffix.lower()
    readers: Mapping[str, Callable[[Path], _Parts]] = {".pdf": _pdf, ".html": _html, ".htm": _html}
    if kind not in _READ:
        raise FileRefused(f"{file}: of {', '.join(_READ)} it is none.")
    parts = readers.get(kind, _markdown)(file)
    relative = file.relative_to(root).with_suffix("")
    folders = [part for part in relative.parts[:-1] if _LANGUAGE.fullmatch(part)]
    by_folder = next((part for part in folders if has_dictionary(part)), "")
    language = parts.language or by_folder
    names = [part for part in relative.parts if part != by_folder]
    modified = datetime.fromtimestamp(file.stat().st_mtime, UTC).date()
    return _read(str(file), "/".join(names), parts, language, modified)


@dataclass(slots=True)
class _Parts:
    title: str
    sections: list[Section]
    language: str = ""
    url: str = ""
    dated: date | None = None
    summary: str = ""
    keywords: str = ""
    body: str = ""


def _read(source: str, name: str, parts: _Parts, language: str, otherwise: date | None) -> Read:
    length = sum(len(text) for section in parts.sections for text in section.paragraphs)
    if not length:
        raise FileRefused(f"{source} has no text.")
    if length > TEXT_CHARACTERS_MAX:
        raise FileRefused(f"{source} has more than {TEXT_CHARACTERS_MAX:,} characters of text.")
    if not name or len(name) > ID_CHARACTERS_MAX or "\0" in name:
        raise FileRefused(f"{source}: an id has 1 to {ID_CHARACTERS_MAX} characters.")
    body = parts.body or "\n\n".join(
        "\n\n".join((*([f"## {section.heading}"] if section.heading else []), *section.paragraphs))
        for section in parts.sections
    )
    document = Document(
        id=name,
        language=language,
        title=_line(parts.title)[:TITLE_CHARACTERS_MAX] or name.rpartition("/")[2],
        sections=tuple(parts.sections),
        url=parts.url,
        source=source,
        dated=parts.dated or otherwise,
        summary=_line(parts.summary),
        keywords=_line(parts.keywords),
        body=body,
    )
    sample = " ".join(text for section in parts.sections[:3] for text in section.paragraphs[:3])
    return Read(document, f"{document.title}. {sample}"[:1_000])


def _text_of(file: Path) -> str:
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileRefused(f"{file} is not UTF-8.") from None
    return _clean(text)


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\0", " ").encode("utf-8", "replace").decode()


def _line(text: str) -> str:
    return _SPACES.sub(" ", text).strip()


def _markdown(file: Path) -> _Parts:
    text = _text_of(file)
    head: dict[str, str] = {}
    found = _HEAD.fullmatch(text)
    if found is not None:
        for line in found[1].splitlines():
            key, _, value = line.partition(":")
            head[key.strip().lower()] = value.strip().strip("\"'")
        text = found[2]
    title = head.get("title") or getattr(_FIRST_HEADING.search(text), "group", lambda _n: "")(1)
    return _Parts(
        title=title or "",
        sections=sections_of(text),
        language=_language(head.get("language") or head.get("lang")),
        url=head.get("url", ""),
        dated=_day(head.get("date"), str(file)),
        summary=head.get("summary", ""),
        keywords=head.get("keywords", ""),
        body=text.strip(),
    )


def _pdf(file: Path) -> _Parts:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(file)
        if reader.is_encrypted and not reader.decrypt(""):
            raise FileRefused(f"{file} is protected by a password.")
        if len(reader.pages) > _PAGES_MAX:
            raise FileRefused(f"{file} has more than {_PAGES_MAX:,} pages.")
        pages = [_clean(page.extract_text()) for page in reader.pages]
        information: Any = reader.metadata
    except (PyPdfError, ValueError, KeyError, TypeError, RecursionError, AttributeError) as error:
        if isinstance(error, FileRefused):
            raise
        raise FileRefused(f"{file} is no PDF that can be read.") from None
    sections = [
        Section("", tuple(paragraphs))
        for page in pages
        if (paragraphs := [_line(each) for each in re.split(r"\n\s*\n", page) if each.strip()])
    ]
    if not sections:
        raise FileRefused(f"{file} has no text, only pictures.")
    title = str(information.title or "") if information else ""
    try:
        made = information.modification_date or information.creation_date if information else None
    except ValueError:
        made = None
    return _Parts(title, sections, dated=made.date() if made else None)


def _html(file: Path) -> _Parts:
    from alltid.assistant.search.web_page import read_page

    page = read_page(_clean(file.read_bytes().decode("utf-8", "replace")))
    return _Parts(
        page.title,
        page.sections,
        _language(page.language),
        page.url,
        _day(page.date, str(file), strict=False),
        page.summary,
        page.keywords,
    )


def _site(file: Path) -> Iterator[Read]:
    from alltid.assistant.search.web_page import read_site_map

    root = file.parent.resolve()
    entries = read_site_map(_text_of(file))
    if not entries:
        raise FileRefused(f"{file} names no pages (<url> with <loc>).")
    for address, changed in entries:
        page = _saved(root, address)
        if page is None:
            raise FileRefused(f"{file}: no saved page for {address}.")
        parts = _html(page)
        parts.url = address
        changed_on = _day(changed, str(file)) or parts.dated
        parts.dated = changed_on
        modified = datetime.fromtimestamp(page.stat().st_mtime, UTC).date()
        name = unquote(urlsplit(address).path).strip("/") or "index"
        yield _read(str(page), name.removesuffix(".html"), parts, parts.language, modified)


def _saved(root: Path, address: str) -> Path | None:
    """Find the page of an address as browsers and wget save it; never outside the folder."""
    parts = urlsplit(address)
    path = unquote(parts.path).strip("/")
    for folder in ("", parts.netloc):
        base = f"{folder}/{path}".strip("/")
        for name in (f"{base}.html", f"{base}/index.html", base, f"{base}.htm"):
            file = (root / name.lstrip("/")).resolve()
            if file.is_file() and file.is_relative_to(root) and file.suffix.lower() in _PAGES:
                return file
    return None


def _json_lines(file: Path) -> Iterator[Read]:
    modified = datetime.fromtimestamp(file.stat().st_mtime, UTC).date()
    with file.open("rb") as lines:
        number = 0
        while line := lines.readline(LINE_BYTES_MAX + 1):
            number += 1
            where = f"{file}, line {number}"
            if len(line) > LINE_BYTES_MAX:
                raise FileRefused(f"{where} is longer than {LINE_BYTES_MAX // 2**20} MiB.")
            if line.strip():
                yield _json_line(line, where, modified, str(file))


def _json_line(line: bytes, where: str, modified: date, source: str) -> Read:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        raise FileRefused(f"{where} is no JSON.") from None
    if not isinstance(row, dict):
        raise FileRefused(f"{where}: an object with id, title and content is needed.")
    values = {name: _clean(str(value)) for name, value in row.items() if value is not None}
    for name in ("id", "content"):
        if not values.get(name, "").strip():
            raise FileRefused(f"{where} has no {name}.")
    content = values["content"]
    parts = _Parts(
        values.get("title", ""),
        sections_of(content),
        _language(values.get("language")),
        values.get("url", ""),
        _day(values.get("date") or values.get("updated_at"), where),
        values.get("summary", ""),
        values.get("keywords", ""),
        content,
    )
    if not parts.sections:
        parts.sections = [Section("", (_line(content),))]
    read = _read(where, values["id"], parts, parts.language, modified)
    # Where it stands in the file says nothing about the document.
    return Read(_with_source(read.document, source), read.sample)


def _with_source(document: Document, source: str) -> Document:
    from dataclasses import replace

    return replace(document, source=source)


def _language(said: str | None) -> str:
    short = (said or "").strip().lower().partition("-")[0].partition("_")[0]
    return short if _LANGUAGE.fullmatch(short) else ""


def _day(said: str | None, where: str, *, strict: bool = True) -> date | None:
    if not said:
        return None
    try:
        return date.fromisoformat(said.strip()[:10])
    except ValueError:
        if strict:
            raise FileRefused(f"{where}: a date is written like 2026-03-31.") from None
        return None
