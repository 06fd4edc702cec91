"""The tokens of a message with their places in it: evidence points at the customer's words."""

from typing import NamedTuple

from alltid.assistant.understanding.text import (
    CLITIC,
    HEAD_CHARS,
    TAIL_CHARS,
    TOKEN,
    fold,
)


class Located(NamedTuple):
    """A folded token and the characters that it was made of."""

    token: str
    start: int
    end: int


def located_tokens(text: str) -> list[Located]:
    """The tokens that `text.tokens_of` gives, in the same order, each with its place."""
    folded, origins = _folded(text)
    cut = [match.start() for match in CLITIC.finditer(folded)]
    if cut:
        kept = sorted(set(range(len(folded))).difference(cut))
        folded = "".join(folded[at] for at in kept)
        origins = [origins[at] for at in kept]
    return [
        Located(match[0], origins[match.start()], origins[match.end() - 1] + 1)
        for match in TOKEN.finditer(folded)
    ]


def _folded(text: str) -> tuple[str, list[int]]:
    """*text*, bounded and folded, and for each of its characters the place it came from."""
    places = list(range(len(text)))
    if len(text) > HEAD_CHARS + TAIL_CHARS:
        places = [*places[:HEAD_CHARS], -1, *places[-TAIL_CHARS:]]
    pieces: list[str] = []
    origins: list[int] = []
    for at in places:
        piece = fold(text[at]) if at >= 0 else "\n"
        pieces.append(piece)
        origins += [at if at >= 0 else HEAD_CHARS] * len(piece)
    return "".join(pieces), origins
