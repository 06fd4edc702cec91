"""Which of the five languages a text is in, by its small words; apart from the assistant. Pure."""

from __future__ import annotations

import re
from typing import Final

_SMALL: Final = {
    "en": "the of and you your is are to not with for this that it can which when what have in "
    "was does here will be me right from",
    "sv": "och att det är du din ditt dina på inte med för som en ett kan vad när har av vill "
    "den till jag om från här ska mig",
    "de": "der die das und sie ihr ihre ihren ist nicht mit für ein eine können was wann haben von "
    "zu den dem im ich es auf hier wird kann bis",
    "it": "il lo la gli le di che e è non per un una con si può cosa quando ha sono del della "
    "dei nel mi questo qui da su suo sua suoi più",
    "es": "el los las de que y es no por un una con se puede qué cuando cuándo ha está del en su "
    "sus lo al para esta este aquí más le usted",
}
_SETS: Final = {language: frozenset(words.split()) for language, words in _SMALL.items()}
_CLEAR: Final = 4


def surely_not(text: str, language: str) -> str | None:
    """Return the language a text is in where it is surely another one of the five, else None."""
    if language not in _SETS:
        return None
    words = re.findall(r"[^\W\d_]+", text.lower())
    scores = {each: sum(word in small for word in words) for each, small in _SETS.items()}
    best = max(scores, key=lambda each: scores[each])
    clear = scores[best] >= _CLEAR and scores[best] > 2 * scores[language]
    return best if best != language and clear else None
