"""The keys that sign exports: anyone can verify one with the public key, and without us.

Ed25519 (RFC 8032), written as a compact JWS (RFC 7515); public keys as a JWK set (RFC 7517).
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jws
from joserfc.jwk import OKPKey

from alltid.web.identity.jose import Registry
from alltid.web.identity.keys import derive_key, key_name

_ALGORITHM: Final = "EdDSA"


class ExportKeys:
    """The signing key of today's secret, and the public keys of all that are set."""

    def __init__(self, secret: str, *previous: str) -> None:
        """Derive a key from each secret; the first signs."""
        self._keys = [_key(derive_key(each, "export")) for each in (secret, *previous)]

    def sign(self, payload: bytes) -> str:
        """Return the payload in a compact JWS, signed."""
        key = self._keys[0]
        header = {"alg": _ALGORITHM, "kid": key.kid}
        return jws.serialize_compact(
            header, payload, key, algorithms=[_ALGORITHM], registry=Registry(_ALGORITHM)
        )

    def public(self) -> list[dict[str, Any]]:
        """Return the public keys as a JWK set lists them."""
        return [
            {**key.as_dict(private=False), "use": "sig", "alg": _ALGORITHM} for key in self._keys
        ]


def _key(seed: bytes) -> OKPKey:
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    parts = {"kty": "OKP", "crv": "Ed25519", "d": _text(seed), "x": _text(public)}
    return OKPKey.import_key({**parts, "kid": f"alltid-export-{key_name(seed)}"})


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
