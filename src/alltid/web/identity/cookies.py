"""The one cookie: an agent's sign-in, opaque and out of reach of scripts."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from starlette.responses import Response

SESSION_COOKIE: Final = "alltid_session"
_TOKEN_CHARACTERS: Final = 43


def token_text(token: bytes) -> str:
    """Write 32 random bytes as the 43 characters that go into the cookie."""
    return urlsafe_b64encode(token).rstrip(b"=").decode()


def session_token(cookies: Mapping[str, str]) -> str | None:
    """Return the session token if the cookie holds something of its form."""
    token = cookies.get(SESSION_COOKIE)
    return token if token is not None and len(token) == _TOKEN_CHARACTERS else None


def set_session_cookie(response: Response, token: str, *, lasts: timedelta, secure: bool) -> None:
    """Give the token to the browser, and only to the browser."""
    response.set_cookie(
        SESSION_COOKIE,
        token,
        max_age=int(lasts.total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=secure,
    )


def clear_session_cookie(response: Response, *, secure: bool) -> None:
    """Take the cookie away from the browser."""
    response.delete_cookie(SESSION_COOKIE, path="/", httponly=True, samesite="lax", secure=secure)
