"""The guard as a turn uses it: a model's words are judged, everybody else's are trusted.

The assistant's own sentences and the procedures' wording are the company's; their values come
from tools by the engine; an article is quoted word for word. Only what a model wrote can lie.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from alltid.assistant.dialogue.work import Piece, Work
from alltid.assistant.model.guard import Evidence, check

WRITTEN_FROM: Final = "written"

ReadLanguage = Callable[[str, str], str]
# The languages that the guard reads claims in.
READ: Final = frozenset({"en", "sv", "de", "it", "es"})
_LANGUAGE_WORDS: Final = 6


class Gate:
    """The `Guard` of a turn. `known_names` are products and the like of the company."""

    def __init__(
        self,
        read_language: ReadLanguage,
        *,
        known_names: frozenset[str] = frozenset(),
        secrets: Sequence[str] = (),
        facts: Sequence[str] = (),
    ) -> None:
        """Judge with these facts of the company; `read_language` tells a text's language."""
        self._read_language = read_language
        self._known_names = known_names
        self._secrets = tuple(secrets)
        self._facts = tuple(facts)

    def reasons_against(self, pieces: Sequence[Piece], work: Work) -> Sequence[str | None]:
        """Return for each piece why it may not be said, or None.

        What the writer was refused before counts here, once the matter of the turn is known.
        """
        if any(row.get("voice") == "written" for row in work.trace.get("guard", ())):
            work.count("guard_refusals")
        return [self._against(piece, work) for piece in pieces]

    def evidence(self, work: Work, passages: Sequence[str], *, from_passages: bool) -> Evidence:
        """Return what a model's words are held to, given the passages they were written from."""
        return evidence_of(
            work,
            (*passages, *self._facts),
            known_names=self._known_names,
            secrets=self._secrets,
            from_passages=from_passages,
        )

    def reason(self, text: str, evidence: Evidence, language: str) -> str | None:
        """Return why a text of a model may not be said, or None."""
        verdict = check(text, evidence)
        if not verdict.ok:
            return verdict.refused[0][1] if verdict.refused else "empty"
        if len(text.split()) >= _LANGUAGE_WORDS:
            written_in = self._read_language(text, language)
            return None if written_in in READ or written_in == language else "language"
        return None

    def _against(self, piece: Piece, work: Work) -> str | None:
        if piece.voice != "written":
            return None
        rows = [row for row in work.trace.get(WRITTEN_FROM, ()) if not row.get("failed")]
        passages = [text for row in rows for text in row["passages"]]
        translated = any(row.get("translated") for row in rows)
        evidence = self.evidence(work, passages, from_passages=not translated)
        return self.reason(piece.text, evidence, work.language)


def evidence_of(work: Work, passages: Sequence[str], **more: Any) -> Evidence:
    """Return what a turn knows for sure: what tools showed, and these passages.

    What was done stands in the record; a model never speaks of it from anything else.
    """
    return Evidence(
        results=tuple(work.results),
        passages=(*passages, work.company),
        done=tuple(work.acted),
        today=work.now.date(),
        **more,
    )
