"""Our name towards push services: a key pair and short-lived tokens (VAPID, RFC 8292)."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwt
from joserfc.jwk import ECKey

# The order of the curve P-256 (NIST SP 800-186): private keys lie between 1 and this.
P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
TOKEN_LIFE: Final = timedelta(hours=12)
TOKEN_USED_FOR: Final = timedelta(hours=6)
TOKENS_KEPT: Final = 100


class Vapid:
    """Signs for each push service a token that it may show us by."""

    def __init__(self, private_value: int, contact: str) -> None:
        """Take the private key as a number, and an address for the push service's operator."""
        self._private = ec.derive_private_key(private_value, ec.SECP256R1())
        self._key = ECKey.import_key(self._private)
        self._contact = contact
        self._tokens: dict[str, tuple[str, datetime]] = {}
        point = self._private.public_key().public_bytes(
            Encoding.X962, PublicFormat.UncompressedPoint
        )
        self.public_key = encoded(point)

    def authorization(self, endpoint: str, now: datetime) -> str:
        """Return the Authorization header for one push service."""
        parts = urlsplit(endpoint)
        audience = f"{parts.scheme}://{parts.netloc}"
        token, until = self._tokens.get(audience, ("", now))
        if until <= now:
            claims = {
                "aud": audience,
                "exp": int((now + TOKEN_LIFE).timestamp()),
                "sub": self._contact,
            }
            token = jwt.encode({"typ": "JWT", "alg": "ES256"}, claims, self._key)
            if len(self._tokens) >= TOKENS_KEPT:
                self._tokens.clear()
            self._tokens[audience] = token, now + TOKEN_USED_FOR
        return f"vapid t={token}, k={self.public_key}"


def private_value(derived: bytes, own_key: str | None) -> int:
    """Return the private key: the operator's own, else the one that follows from a secret.

    Raises:
        ValueError: the operator's own is no private key of P-256.
    """
    if own_key is None:
        return int.from_bytes(derived, "big") % (P256_ORDER - 1) + 1
    value = int.from_bytes(decoded(own_key), "big")
    if not 0 < value < P256_ORDER:
        raise ValueError("push_private_key is no VAPID private key.")
    return value


def encoded(content: bytes) -> str:
    """Write bytes as base64url without padding, as Web Push does everywhere."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """Read base64url with or without padding.

    Raises:
        ValueError: it is none.
    """
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars="-_", validate=True)
