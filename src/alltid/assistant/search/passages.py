"""A document as sections, and cut into passages that are searched one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from markdown_it import MarkdownIt

# Short sections share a passage: half the vectors, and measured to be found as well.
PASSAGE_CHARACTERS: Final = 600
PASSAGES_MAX: Final = 5_000
_MARKDOWN: Final = MarkdownIt("commonmark", {"html": False, "linkify": False})
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+|\n+")


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under one heading, a paragraph or list item each; plain text."""

    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a document; `heading` names the section it begins in."""

    heading: str
    text: str


def sections_of(markdown: str) -> list[Section]:
    """Return the sections of Markdown without markup, in order, those without text left out."""
    found: list[tuple[str, list[str]]] = [("", [])]
    heading = False
    for token in _MARKDOWN.parse(markdown):
        if token.type == "heading_open":
            heading = True
        elif token.type in {"fence", "code_block"} and token.content.strip():
            found[-1][1].append(token.content.strip())
        elif token.type == "inline":
            text = "".join(
                " " if part.type in {"softbreak", "hardbreak"} else part.content
                for part in token.children or ()
            ).strip()
            if heading:
                found.append((text, []))
                heading = False
            elif text:
                found[-1][1].append(text)
    return [Section(name, tuple(texts)) for name, texts in found if texts]


def passages_of(sections: Sequence[Section]) -> list[Passage]:
    """Cut sections into passages of about PASSAGE_CHARACTERS, at most PASSAGES_MAX.

    A section that fits in beside the one before joins it; a long one is cut between paragraphs,
    and a long paragraph between sentences.
    """
    passages: list[Passage] = []
    heading, text = "", ""
    for section in sections:
        first = True
        for piece in _pieces(section.paragraphs):
            said = f"{section.heading}. {piece}" if first and text and section.heading else piece
            if text and len(text) + len(said) > PASSAGE_CHARACTERS:
                passages.append(Passage(heading, text))
                text = ""
            if text:
                text = f"{text} {said}"
            else:
                heading, text = section.heading, piece
            first = False
    if text:
        passages.append(Passage(heading, text))
    return passages[:PASSAGES_MAX]


def _pieces(paragraphs: Sequence[str]) -> Iterator[str]:
    for paragraph in paragraphs:
        if len(paragraph) <= PASSAGE_CHARACTERS:
            yield paragraph
            continue
        held = ""
        for sentence in _SENTENCE.split(paragraph):
            if held and len(held) + len(sentence) > PASSAGE_CHARACTERS:
                yield held
                held = ""
            held = f"{held} {sentence}".strip()
            while len(held) > 2 * PASSAGE_CHARACTERS:  # no sentence, and yet so long
                yield held[:PASSAGE_CHARACTERS]
                held = held[PASSAGE_CHARACTERS:]
        if held:
            yield held
