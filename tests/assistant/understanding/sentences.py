"""Our own sentences: ``+`` wishes for a human, ``-`` look-alikes, one file per language.

``dev`` is there to tune on. ``heldout`` was written before any lexicon and is only reported
on: a sentence that one mends the lexicon for belongs in ``dev``.
"""

import os
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
MAIN = ("da", "de", "en", "es", "fi", "fr", "it", "nb", "nl", "pl", "pt", "sv")


class Sentence(NamedTuple):
    wish: bool
    text: str


def languages(collection: str) -> list[str]:
    return sorted(path.stem for path in (HERE / collection).glob("*.txt"))


def sentences(collection: str, language: str) -> list[Sentence]:
    lines = (HERE / collection / f"{language}.txt").read_text(encoding="utf-8").splitlines()
    return [Sentence(line[0] == "+", line[2:]) for line in lines if line[:2] in ("+ ", "- ")]


def outside_data() -> Path | None:
    """Where the data made by others lies; None when it is absent."""
    named = os.environ.get("ALLTID_OUTSIDE_DATA")
    folder = Path(named) if named else HERE.parents[3] / "shared" / "data"
    return folder if folder.is_dir() else None
