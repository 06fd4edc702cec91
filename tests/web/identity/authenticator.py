"""A software authenticator: what a phone or a security key does, for tests."""

from __future__ import annotations

import hashlib
import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import encode_cbor

_USER_PRESENT, _USER_VERIFIED, _CREDENTIAL_DATA = 0x01, 0x04, 0x40


@dataclass
class SoftwareAuthenticator:
    """Holds one ES256 credential. `origin` is the page that the browser says it is on."""

    origin: str
    sign_count: int = 0
    verifies_user: bool = True
    credential_id: bytes = field(default_factory=lambda: os.urandom(32))
    user_handle: bytes = b""
    domain: str = ""
    _private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def create(self, options: dict[str, Any]) -> dict[str, Any]:
        """Do what `navigator.credentials.create()` does and return its JSON."""
        self.domain = options["rp"]["id"]
        self.user_handle = _bytes(options["user"]["id"])
        data = self._authenticator_data(_CREDENTIAL_DATA) + (
            bytes(16)
            + len(self.credential_id).to_bytes(2)
            + self.credential_id
            + self._public_key()
        )
        attestation = encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})
        client_data = self._client_data("webauthn.create", options["challenge"])
        return self._credential(
            clientDataJSON=_text(client_data),
            attestationObject=_text(attestation),
            transports=["internal", "hybrid", "telepathy"],
        )

    def get(self, options: dict[str, Any]) -> dict[str, Any]:
        """Do what `navigator.credentials.get()` does and return its JSON."""
        self.domain = options["rpId"]
        data = self._authenticator_data(0)
        client_data = self._client_data("webauthn.get", options["challenge"])
        signed = data + hashlib.sha256(client_data).digest()
        return self._credential(
            clientDataJSON=_text(client_data),
            authenticatorData=_text(data),
            signature=_text(self._private.sign(signed, ec.ECDSA(SHA256()))),
            userHandle=_text(self.user_handle),
        )

    def _credential(self, **response: object) -> dict[str, Any]:
        return {
            "id": _text(self.credential_id),
            "rawId": _text(self.credential_id),
            "type": "public-key",
            "clientExtensionResults": {},
            "response": response,
        }

    def _authenticator_data(self, flags: int) -> bytes:
        flags |= _USER_PRESENT | (_USER_VERIFIED if self.verifies_user else 0)
        domain = hashlib.sha256(self.domain.encode()).digest()
        return domain + bytes([flags]) + self.sign_count.to_bytes(4)

    def _client_data(self, kind: str, challenge: str) -> bytes:
        parts = {"type": kind, "challenge": challenge, "origin": self.origin}
        return json.dumps(parts).encode()

    def _public_key(self) -> bytes:
        numbers = self._private.public_key().public_numbers()
        key = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}
        return encode_cbor(key)


def _text(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
