"""Keys and words that the identity tests share."""

from __future__ import annotations

from typing import Any

from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey, RSAKey

from alltid.kernel.clock import ManualClock
from alltid.web.identity.company_jwt import CompanyKey
from alltid.web.identity.jose import Registry

ORIGIN = "http://localhost:8000"
SECRET = "a secret of the desk that is long enough"
PASSWORD = "a password that nobody guesses"
HMAC_SECRET = "shared between the company and the desk"
NOW = int(ManualClock().now().timestamp())

_ed_private = ed25519.Ed25519PrivateKey.generate()
_rsa_private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
ED_KEY = OKPKey.import_key(_ed_private)
RSA_KEY = RSAKey.import_key(_rsa_private)


def pem(private: ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey) -> str:
    return (
        private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    )


ED_PEM = pem(_ed_private)
RSA_PEM = pem(_rsa_private)
COMPANY_KEYS = (
    CompanyKey("ed-1", "EdDSA", ED_PEM),
    CompanyKey("rsa-1", "RS256", RSA_PEM),
    CompanyKey("hmac-1", "HS256", HMAC_SECRET),
)


def claims(**changes: Any) -> dict[str, Any]:
    """Good claims, changed; None takes a claim out."""
    good = {
        "iss": "https://id.klarsund.example",
        "aud": "alltid",
        "sub": "customer-7",
        "iat": NOW,
        "exp": NOW + 600,
        "name": "Astrid Lund",
        "locale": "sv_SE",
    }
    return {name: value for name, value in {**good, **changes}.items() if value is not None}


def company_token(key_id: str = "ed-1", **changes: Any) -> str:
    keys: dict[str, tuple[str, OctKey | OKPKey | RSAKey]] = {
        "ed-1": ("EdDSA", ED_KEY),
        "rsa-1": ("RS256", RSA_KEY),
        "hmac-1": ("HS256", OctKey.import_key(HMAC_SECRET)),
    }
    algorithm, key = keys[key_id]
    header = {"alg": algorithm, "kid": key_id}
    return jwt.encode(header, claims(**changes), key, [algorithm], Registry(algorithm))
