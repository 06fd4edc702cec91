"""Passing words for a customer: who writes, how far the agent has read, an answer on its way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

DRAFT_CHARACTERS_MAX: Final = 4_000


class CustomerSignals:
    """Makes frames of signals.

    A draft comes in pieces, each of which goes out with all before it. Pieces of an answer whose
    beginning wasn't heard (the socket is new, a signal was lost) show nothing, and neither does
    an answer to what isn't the newest any more.
    """

    __slots__ = ("_answer", "_pieces", "_text")

    def __init__(self) -> None:
        """Know of no answer."""
        self._answer: str | None = None
        self._pieces = 0
        self._text = ""

    def frame(self, signal: Mapping[str, Any], cursor: int) -> Mapping[str, Any] | None:
        """Return what the customer's page is told, who has seen all up to version `cursor`."""
        match signal.get("type"):
            case "typing" if signal.get("by") in {"agent", "assistant"}:
                return {"type": "typing", "who": signal["by"], "name": signal.get("name", "")}
            case "marks" if signal.get("party") == "agent":
                return signal
            case "draft" if signal["reply_to"] >= cursor:
                return self._draft(signal)
            case _:
                return None

    def _draft(self, signal: Mapping[str, Any]) -> Mapping[str, Any] | None:
        answer, index = signal["answer"], signal["index"]
        if index == 0:
            self._answer, self._pieces, self._text = answer, 0, ""
        if (answer, index) != (self._answer, self._pieces):
            return None
        whole = self._text + signal["text"]
        if len(whole) > DRAFT_CHARACTERS_MAX:
            return None
        self._pieces, self._text = index + 1, whole
        return {"type": "draft", "name": signal["name"], "text": whole}
