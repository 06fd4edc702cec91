"""Who someone turned out to be, and the one exception for those who are nobody yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from alltid.web.errors import WebError


@dataclass(frozen=True, slots=True)
class CustomerPrincipal:
    """A customer whose token was good. `id` is the only authority; the rest is courtesy."""

    id: str
    kind: Literal["guest", "company"]
    name: str | None
    language: str | None


class NotSignedIn(WebError):  # noqa: N818  it is an answer, not a fault
    """No token, or one that is not good (any more): 401 over HTTP, 4401 on a socket."""

    def __init__(self, code: str = "not_signed_in", message: str | None = None) -> None:
        """Say which sign-in is missing or why it is not good."""
        super().__init__(401, code, message or "Sign in first.")
