"""Takes down what a procedure's wording claims that came from no value, in the turn's record.

The company's words are the company's: they are said as they stand. But a lead who reads how an
answer came about sees which figure or promise no tool had shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from alltid.assistant.dialogue.parts import Guard
from alltid.assistant.dialogue.work import Piece, Work
from alltid.assistant.playbooks.literals import claims_in, numbers_of, own_words
from alltid.assistant.playbooks.playbook import Playbook


class WordingWatch:
    """A `Guard` that takes down, and leaves it to another one to refuse."""

    def __init__(self, guard: Guard, playbooks: Iterable[Playbook]) -> None:
        """Watch over these playbooks' words; `guard` judges."""
        self._guard = guard
        self._numbers = numbers_of(playbooks)

    def reasons_against(self, pieces: Sequence[Piece], work: Work) -> Sequence[str | None]:
        """Return what the guard says."""
        for piece in pieces:
            if piece.voice == "procedure":
                own = own_words(piece.text, (used.shown for used in piece.values))
                for what in claims_in(own, self._numbers):
                    work.note("wording", says=what, text=piece.text)
        return self._guard.reasons_against(pieces, work)
