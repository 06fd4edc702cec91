"""Keys for each purpose, derived from the one secret of the desk."""

from __future__ import annotations

import hashlib
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SECRET_BYTES_MIN: Final = 32
_KEY_BYTES: Final = 32


def derive_key(secret: str, purpose: str) -> bytes:
    """Return the 32-byte key for `purpose` (HKDF-SHA256, RFC 5869).

    A leaked key of one purpose tells nothing about another's. Raises ValueError for a
    secret of fewer than 32 bytes.
    """
    material = secret.encode()
    if len(material) < SECRET_BYTES_MIN:
        message = f"The secret key needs at least {SECRET_BYTES_MIN} bytes; it signs everything."
        raise ValueError(message)
    info = f"alltid/{purpose}".encode()
    return HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=info).derive(material)


def key_name(key: bytes) -> str:
    """Return a short public name for a key, to find it again after a rotation."""
    return hashlib.sha256(b"alltid/key-name" + key).hexdigest()[:16]
