"""The few steps that guest tokens and the company's tokens share, on top of joserfc.

A token is only ever checked with the key that its key id names, and that key is bound to
one algorithm. So neither "none" nor a public key used as an HMAC secret gets anywhere.
"""

from __future__ import annotations

import binascii
import copy
import json
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwk import OctKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry
from joserfc.jwt import ClaimsOption, JWTClaimsRegistry

from alltid.web.identity.principals import NotSignedIn

TOKEN_CHARACTERS_MAX: Final = 4096
KEY_ID_CHARACTERS_MAX: Final = 128
LEEWAY_SECONDS: Final = 30


def _edwards() -> Any:
    # RFC 9864 renamed "EdDSA" with a named curve to "Ed25519". Everybody still writes the
    # old name, for which joserfc warns at each use because it allows Ed448 as well. Ours
    # doesn't: it is the new algorithm under the old name.
    algorithm = copy.copy(JWSRegistry.algorithms["Ed25519"])
    algorithm.name = "EdDSA"
    return algorithm


class Registry(JWSRegistry):
    """joserfc's algorithms, of which one is allowed; "EdDSA" means Ed25519 and nothing else."""

    def __init__(self, algorithm: str) -> None:
        """Allow this algorithm only. Header fields that we don't know are left alone."""
        super().__init__(algorithms=[algorithm], strict_check_header=False)
        self.algorithms = {**JWSRegistry.algorithms, "EdDSA": _edwards()}


@dataclass(frozen=True, slots=True)
class BoundKey:
    """A key and the only algorithm it may be used with."""

    key_id: str
    algorithm: str
    key: OctKey | RSAKey | OKPKey


def key_id_of(token: str) -> str:
    """Read the key id from the header of a token that nobody has checked yet."""
    malformed = NotSignedIn("token_malformed", "This sign-in token can't be read. Get a new one.")
    if len(token) > TOKEN_CHARACTERS_MAX or not token.isascii() or token.count(".") != 2:  # noqa: PLR2004  header.payload.signature
        raise malformed
    header_text = token.partition(".")[0]
    try:
        header = json.loads(urlsafe_b64decode(header_text + "=" * (-len(header_text) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        raise malformed from None
    key_id = header.get("kid") if isinstance(header, dict) else None
    if not isinstance(key_id, str) or not 0 < len(key_id) <= KEY_ID_CHARACTERS_MAX:
        raise malformed
    return key_id


def verified_claims(
    token: str, bound: BoundKey, now: datetime, leeway_seconds: int, **claims: ClaimsOption
) -> dict[str, Any]:
    """Return the claims if the signature is right and each claim is as asked for.

    Expiry and not-before count from `now`. Raises NotSignedIn with `token_expired` or
    `token_refused`; the words never repeat anything from the token.
    """
    registry = Registry(bound.algorithm)
    checks = JWTClaimsRegistry(now=int(now.timestamp()), leeway=leeway_seconds, **claims)
    try:
        decoded = jwt.decode(token, bound.key, algorithms=[bound.algorithm], registry=registry)
        checks.validate(decoded.claims)
    except ExpiredTokenError:
        raise NotSignedIn("token_expired", "This sign-in has run out. Get a new one.") from None
    except (JoseError, ValueError, TypeError, RecursionError, OverflowError):
        raise NotSignedIn("token_refused", "This sign-in token is not good here.") from None
    return decoded.claims
