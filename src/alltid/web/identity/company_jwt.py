"""The company's own sign-in: JSON Web Tokens that its site hands to the widget."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from joserfc.jwk import OctKey, OKPKey, RSAKey

from alltid.web.identity.guest_tokens import GUEST_KEY_ID_PREFIX
from alltid.web.identity.jose import (
    KEY_ID_CHARACTERS_MAX,
    LEEWAY_SECONDS,
    BoundKey,
    key_id_of,
    verified_claims,
)
from alltid.web.identity.principals import NotSignedIn

SUBJECT_CHARACTERS_MAX: Final = 200
NAME_CHARACTERS_MAX: Final = 120
ENTITLEMENTS_MAX: Final = 12
ENTITLEMENT_CHARACTERS_MAX: Final = 120
_HMAC_SECRET_BYTES_MIN: Final = 32
_RSA_BITS_MIN: Final = 2048
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True)
class CompanyKey:
    """A key as configured: `key` is a public key in PEM, or for HS256 the shared secret."""

    key_id: str
    algorithm: str
    key: str


@dataclass(frozen=True, slots=True)
class CompanyClaims:
    """What a good token of the company says."""

    issuer: str
    subject: str
    name: str | None
    language: str | None
    entitlements: tuple[str, ...] = ()


class CompanyTokens:
    """Reads the company's tokens. Keys are chosen by key id and bound to their algorithm."""

    def __init__(
        self, issuer: str, audience: str, keys: Sequence[CompanyKey], max_age: timedelta
    ) -> None:
        """Load the keys; raises ValueError with a sentence for one that is unsafe or broken."""
        if not issuer or not audience:
            message = "The company's tokens need an issuer and an audience to be checked against."
            raise ValueError(message)
        self._issuer = issuer
        self._audience = audience
        self._max_age = max_age
        self._keys = {key.key_id: _bound_key(key) for key in keys}
        if len(self._keys) != len(keys):
            message = "Two of the company's keys have the same key id."
            raise ValueError(message)

    def read(self, token: str, now: datetime) -> CompanyClaims:
        """Return what the token says, or raise NotSignedIn.

        Required are iss, aud, sub, iat and exp; exp, nbf and iat have 30 s of leeway, and
        a token older than the maximum age is refused whatever its own exp says.
        """
        refused = NotSignedIn("token_refused", "This sign-in token is not good here.")
        bound = self._keys.get(key_id_of(token))
        if bound is None:
            raise refused
        claims = verified_claims(
            token,
            bound,
            now,
            LEEWAY_SECONDS,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": self._audience},
            sub={"essential": True},
            iat={"essential": True},
            exp={"essential": True},
        )
        age_seconds = now.timestamp() - claims["iat"]
        if age_seconds > self._max_age.total_seconds() + LEEWAY_SECONDS:
            raise NotSignedIn("token_expired", "This sign-in has run out. Get a new one.")
        subject = claims["sub"]
        if len(subject) > SUBJECT_CHARACTERS_MAX or not _storable(subject):
            raise refused
        return CompanyClaims(
            self._issuer, subject, _name(claims), _language(claims), _entitlements(claims)
        )


def _bound_key(configured: CompanyKey) -> BoundKey:
    key_id, algorithm = configured.key_id, configured.algorithm
    if not 0 < len(key_id) <= KEY_ID_CHARACTERS_MAX or key_id.startswith(GUEST_KEY_ID_PREFIX):
        message = (
            f"A key id has 1 to {KEY_ID_CHARACTERS_MAX} characters and doesn't start "
            f"with {GUEST_KEY_ID_PREFIX}, which marks our own keys."
        )
        raise ValueError(message)
    if algorithm == "HS256":
        return BoundKey(key_id, algorithm, _shared_secret(configured))
    if algorithm in {"RS256", "EdDSA"}:
        return BoundKey(key_id, algorithm, _public_key(configured))
    message = f"The key {key_id} names an algorithm other than EdDSA, RS256 and HS256."
    raise ValueError(message)


def _shared_secret(configured: CompanyKey) -> OctKey:
    secret = configured.key.encode()
    if b"-----BEGIN" in secret:
        message = f"The key {configured.key_id} says HS256, yet holds a key in PEM."
        raise ValueError(message)
    if len(secret) < _HMAC_SECRET_BYTES_MIN:
        message = f"The secret of {configured.key_id} needs {_HMAC_SECRET_BYTES_MIN} bytes."
        raise ValueError(message)
    return OctKey.import_key(secret)


def _public_key(configured: CompanyKey) -> RSAKey | OKPKey:
    pem = configured.key.strip().encode()
    try:
        loaded = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm):
        message = f"The key {configured.key_id} is not a public key in PEM."
        raise ValueError(message) from None
    if configured.algorithm == "RS256" and isinstance(loaded, RSAPublicKey):
        if loaded.key_size < _RSA_BITS_MIN:
            message = f"The key {configured.key_id} has fewer than {_RSA_BITS_MIN} bits."
            raise ValueError(message)
        return RSAKey.import_key(pem)
    if configured.algorithm == "EdDSA" and isinstance(loaded, Ed25519PublicKey):
        return OKPKey.import_key(pem)
    message = f"The key {configured.key_id} is not of the kind that {configured.algorithm} uses."
    raise ValueError(message)


def _name(claims: dict[str, Any]) -> str | None:
    # Only a courtesy: an odd name is left out rather than the person turned away.
    return _tidy(claims.get("name"), NAME_CHARACTERS_MAX)


def _entitlements(claims: dict[str, Any]) -> tuple[str, ...]:
    # A courtesy as well: what fits is shown to the agent, the rest is left out.
    said = claims.get("entitlements")
    if not isinstance(said, list):
        return ()
    tidy = (_tidy(each, ENTITLEMENT_CHARACTERS_MAX) for each in said[:ENTITLEMENTS_MAX])
    return tuple(dict.fromkeys(each for each in tidy if each is not None))


def _tidy(text: object, most: int) -> str | None:
    if not isinstance(text, str):
        return None
    tidy = " ".join(text.split())[:most].strip()
    return tidy if tidy and tidy.isprintable() and _storable(tidy) else None


def _language(claims: dict[str, Any]) -> str | None:
    locale = claims.get("locale")
    if not isinstance(locale, str):
        return None
    tidy = locale.replace("_", "-")
    return tidy if len(tidy) <= 35 and _LANGUAGE.fullmatch(tidy) else None  # noqa: PLR2004  BCP 47


def _storable(text: str) -> bool:
    # PostgreSQL's text takes neither NUL nor half of a surrogate pair.
    return "\x00" not in text and not any("\ud800" <= c <= "\udfff" for c in text)
