"""Links that show their holder one thing: an application, or why an account is deactivated.

The token is the kind, the id and an HMAC-SHA256 over both, with a key for this purpose. It
stands behind the `#` of the address, which browsers send to no server and to no other page.
"""

from __future__ import annotations

import hashlib
import hmac
import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from typing import Final, Literal

from alltid.web.identity.keys import derive_key

LinkKind = Literal["application", "agent"]

_LETTERS: Final[dict[LinkKind, str]] = {"application": "a", "agent": "g"}
_TOKEN_CHARACTERS_MAX: Final = 100


class SignedLinks:
    """Mints and reads the tokens; those of previous secrets are read as long as these are set."""

    def __init__(self, public_url: str, secret: str, *previous: str) -> None:
        """Derive a key from each secret; the first signs."""
        self._public_url = public_url.rstrip("/")
        self._keys = [derive_key(each, "signed links") for each in (secret, *previous)]

    def token(self, kind: LinkKind, about: str) -> str:
        """Return the token for this id."""
        said = f"{_LETTERS[kind]}.{_text(uuid.UUID(about).bytes)}"
        return f"{said}.{_text(_sign(self._keys[0], said))}"

    def address(self, kind: LinkKind, about: str) -> str:
        """Return the whole address for this id."""
        return f"{self._public_url}/apply#/follow/{self.token(kind, about)}"

    def read(self, token: str | None) -> tuple[LinkKind, str] | None:
        """Return kind and id of a token of ours, else None."""
        if not token or len(token) > _TOKEN_CHARACTERS_MAX or not token.isascii():
            return None
        said, _, signature = token.rpartition(".")
        try:
            given = _bytes(signature)
        except (NotBase64, ValueError):
            return None
        if not any(hmac.compare_digest(_sign(key, said), given) for key in self._keys):
            return None
        letter, _, about = said.partition(".")
        kind: LinkKind = "application" if letter == _LETTERS["application"] else "agent"
        return kind, str(uuid.UUID(bytes=_bytes(about)))


def _sign(key: bytes, said: str) -> bytes:
    return hmac.new(key, said.encode(), hashlib.sha256).digest()


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
