"""A decider's no, in words that help the one who asked."""

from __future__ import annotations


class Refused(Exception):  # noqa: N818  a refusal is an answer, not a fault
    """A command that the present state doesn't allow. Nothing was changed.

    `code` is for programs (snake_case, stable), `message` for the person who asked.
    """

    def __init__(self, code: str, message: str) -> None:
        """Keep the code beside the words."""
        super().__init__(message)
        self.code = code
        self.message = message
