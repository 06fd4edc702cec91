"""Opaque names for the company's objects, good in one conversation of one customer.

A handle is the object's id, encrypted with a key of the installation and bound to the
conversation, the principal and the kind of object (AES-SIV, RFC 5297: deterministic, and it
authenticates). So a turn that is done again sees the same handles, nothing has to be stored,
and a handle of another conversation, customer or kind doesn't open.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from alltid.assistant.tools.tool import Principal

ID_BYTES_MAX: Final = 200
# What a handle of the longest id comes to, its kind included.
HANDLE_CHARACTERS_MAX: Final = 400
_KIND_CHARACTERS_MAX: Final = 40


class NotAHandle(ValueError):  # noqa: N818  said of what was given
    """What was given is no handle of this conversation, customer and kind."""


class Handles:
    """Makes and opens the handles of an installation."""

    def __init__(self, key: bytes) -> None:
        """`key` is derived from the secret key, for this purpose only."""
        self._cipher = AESSIV(hashlib.sha512(b"handles\0" + key).digest())

    def of(self, conversation_id: str, principal: Principal) -> SessionHandles:
        """Return the handles of one conversation with one customer."""
        return SessionHandles(self._cipher, conversation_id, principal)


class SessionHandles:
    """The handles of one conversation with one customer."""

    def __init__(self, cipher: AESSIV, conversation_id: str, principal: Principal) -> None:
        """Bind to whom they belong."""
        self._cipher = cipher
        self._bound = [
            part.encode() for part in (conversation_id, principal.issuer, principal.subject)
        ]

    def seal(self, kind: str, company_id: str | int) -> str:
        """Return the handle of an object. Raises NotAHandle for an id that is too long."""
        typed = f"i{company_id}" if isinstance(company_id, int) else f"s{company_id}"
        data = typed.encode()
        if len(data) > ID_BYTES_MAX or len(kind) > _KIND_CHARACTERS_MAX:
            raise NotAHandle("an id of the company is too long to be named")
        sealed = self._cipher.encrypt(data, [*self._bound, kind.encode()])
        return f"{kind}-{base64.b32encode(sealed).decode().rstrip('=').lower()}"

    def open(self, kind: str, handle: str) -> str | int:
        """Return the company's id behind a handle. Raises NotAHandle for anything else."""
        prefix, body = f"{kind}-", handle.removeprefix(f"{kind}-")
        if len(handle) > HANDLE_CHARACTERS_MAX or prefix + body != handle or not body.isascii():
            raise NotAHandle("no such object in this conversation")
        try:
            sealed = base64.b32decode(body.upper() + "=" * (-len(body) % 8))
            typed = self._cipher.decrypt(sealed, [*self._bound, kind.encode()]).decode()
        except (binascii.Error, InvalidTag, ValueError):
            raise NotAHandle("no such object in this conversation") from None
        # One handle an object: another spelling of it (capitals) is not a second one.
        if self.seal(kind, _typed(typed)) != handle:
            raise NotAHandle("no such object in this conversation")
        return _typed(typed)


def _typed(typed: str) -> str | int:
    return int(typed[1:]) if typed[0] == "i" else typed[1:]
