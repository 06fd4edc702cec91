"""Which language each document of an addition is in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from alltid.assistant.search.files import Read
from alltid.assistant.search.library import Document

# So many of one language: what reads like another is a slip of the identification.
_NEARLY_ALL: Final = 0.9
_FALLBACK: Final = "en"


def in_languages(found: Sequence[Read], language: str | None) -> list[Document]:
    """Give each document its language: the one named, its own, or the one it reads like."""
    if language:
        return [replace(each.document, language=language) for each in found]
    unknown = [each for each in found if not each.document.language]
    guessed: dict[int, str] = {}
    if unknown:
        from alltid.assistant.understanding.language import UNDETERMINED, language_of

        tongues = {id(each): language_of(each.sample) for each in unknown}
        counts = Counter(code for code in tongues.values() if code != UNDETERMINED)
        most, count = counts.most_common(1)[0] if counts else (_FALLBACK, 0)
        alone = count >= _NEARLY_ALL * len(unknown)
        guessed = {
            key: most if alone or code == UNDETERMINED else code for key, code in tongues.items()
        }
    return [
        replace(each.document, language=each.document.language or guessed[id(each)])
        for each in found
    ]
